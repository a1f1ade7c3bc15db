import type { BlockCompiler } from '../compiler/block-compiler.js';
import type { CompiledDecision } from '../compiler/compile-decision.js';
import { decisionType } from '../compiler/decision-type.js';
import { bareExpression, valueExpression } from '../compiler/expressions.js';
import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import {
  decideOnce,
  decideOver,
  type Decided,
  type DecisionTable,
  type Inputs,
} from '../decision/decision-table.js';
import { isWeighing, weighOnce, weighOver } from '../decision/weigh.js';
import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';
import { ExpressionError } from '../expression/expression-error.js';
import { shown } from '../expression/runtime-value.js';
import { classesOf, withClasses } from '../expression/field-classes.js';
import { ANY } from '../expression/static-type.js';
import type { Instant, Json } from '../json.js';
import type { CalcNode } from '../node.js';
import type { Expression } from '../scope-values.js';
import { naming } from '../shape/known-names.js';
import { EXPRESSION, TEMPLATE_MAP, camelCase, kebabCase, wholeNumber } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';

/** Asks a table of rules. */
export const decide: Block = {
  head: 'decide',
  doc: 'Asks a table of rules; the table has versions of its own.',
  example: "{ decide: refund, table: refund-share, with: { days: '${ input.days }' } }",
  name: camelCase('the name of a block'),
  isNamed: true,
  wordFor: () => 'decision',
  fields: {
    table: {
      shape: naming('table', kebabCase('the name of a decision')),
      doc: 'The decision; the newest version when the saga starts.',
      required: 'name the decision to ask.',
    },
    version: { shape: wholeNumber(1), doc: 'A version to stay with, whatever is published later.' },
    with: { shape: TEMPLATE_MAP, doc: 'The inputs of the table by name.' },
    over: {
      shape: EXPRESSION,
      doc: 'A list: each item is asked about, and refused where a rule holds; with `hit: weigh` scored beside the others.',
    },
    as: { shape: camelCase('the name of an input'), doc: 'The input that is the item of the list.' },
  },
  bodies: noBodies,
  check: (block, { log }) => {
    const [over, as] = [at(block, 'over'), at(block, 'as')];
    if (over !== undefined && as === undefined)
      log.errorAtKey(over, '`as` is missing: name the input of the table that an item of the list is.');
    if (as !== undefined && over === undefined)
      log.errorAtKey(as, '`as` names the item of a list. Say the list with `over`, or leave it out.');
  },
  compile: compileDecide,
};

function compileDecide({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const place = compiler.placeAt(flow);
  const decision = compiler.decisionAt(cursor);
  const written = at(cursor, 'with');
  const inputs = written === undefined ? undefined : compiler.template(written, place);
  const over = at(cursor, 'over');
  const items = over === undefined ? undefined : valueExpression(over, place, compiler.log);
  const asked = over === undefined ? undefined : bareExpression(over, place, compiler.log);
  if (decision !== undefined) checkInputs(cursor, decision, compiler);
  const node: CalcNode = {
    kind: 'calc',
    id,
    block: name,
    value: () => null,
    ...(decision && {
      decide: {
        table: decision.table.name,
        version: decision.table.version,
        ...asking(decision, inputs?.evaluate, items, textAt(cursor, 'as')),
      },
    }),
  };
  return {
    node,
    // What a table says of classed data is classed like that data.
    after: withName(
      flow,
      name,
      withClasses(decisionType(decision, over !== undefined), [
        ...classesOf(inputs?.type ?? ANY),
        ...classesOf(asked?.type ?? ANY),
      ]),
    ),
    raises: [{ error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor }],
    isUndoable: false,
  };
}

function asking(
  { table }: CompiledDecision,
  inputs: Expression | undefined,
  items: Expression | undefined,
  as: string | undefined,
): Pick<NonNullable<CalcNode['decide']>, 'ask' | 'askAgain'> {
  const given: Expression = inputs ?? (() => ({}));
  const isOver = items !== undefined && as !== undefined;
  const askAgain = (asked: Inputs, now: Instant): Decided =>
    isOver ? askEach(table, asked, as, now) : askOnce(table, asked, now);
  const ask: NonNullable<CalcNode['decide']>['ask'] = (values) => {
    const asked = given(values) as Inputs;
    const all: Inputs = isOver ? { ...asked, [as]: items(values) } : asked;
    return { ...askAgain(all, values.now), inputs: all };
  };
  return { ask, askAgain };
}

function askOnce(table: DecisionTable, asked: Inputs, now: Instant): Decided {
  return isWeighing(table) ? weighOnce(table, asked, now) : decideOnce(table, asked, now);
}

function askEach(table: DecisionTable, asked: Inputs, as: string, now: Instant): Decided {
  const list = asked[as];
  if (!Array.isArray(list)) throw new ExpressionError(`\`over\` is a list, and this is ${shown(list)}`);
  const items = list as readonly Json[];
  const inputsOf = (item: Json): Inputs => ({ ...asked, [as]: item });
  return isWeighing(table) ? weighOver(table, items, inputsOf, now) : decideOver(table, items, inputsOf, now);
}

function checkInputs(cursor: Cursor, decision: CompiledDecision, { log }: BlockCompiler): void {
  const { table, inputs } = decision;
  const as = at(cursor, 'as');
  const given = entriesOf(at(cursor, 'with'));
  const known = inputs.map((input) => `"${input}"`).join(', ');
  for (const [input, value] of given)
    if (!inputs.includes(input))
      log.errorAtKey(value, `Decision "${table.name}" has no input "${input}". It has ${known}.`);
  if (as !== undefined && !inputs.includes(String(as.value)))
    log.error(as, `Decision "${table.name}" has no input "${String(as.value)}". It has ${known}.`);
  const all = [...given.map(([input]) => input), ...(as === undefined ? [] : [String(as.value)])];
  const missing = inputs.filter((input) => !all.includes(input));
  if (missing.length > 0)
    log.error(
      at(cursor, 'table')!,
      `Decision "${table.name}" also needs ${missing.map((input) => `"${input}"`).join(' and ')}. Give it under \`with\`.`,
    );
  if (at(cursor, 'over') !== undefined && decision.hasOutputs)
    log.errorAtKey(
      at(cursor, 'over')!,
      `The rules of "${table.name}" give outputs, and \`over\` only asks which items pass. Use the table inside a forEach.`,
    );
}
