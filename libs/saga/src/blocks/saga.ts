import { checkCompensation, compileUndo, selfRecord } from '../compiler/compensation.js';
import { checkTakenIn, openlySeenExpression } from '../compiler/clearance.js';
import { checkPassedInput, checkWrittenData, cutTo, cutType } from '../compiler/command-data.js';
import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import type { OtherSaga } from '../compiler/other-sagas.js';
import type { Schema } from '../compiler/schema-files.js';
import { at, textAt } from '../document/cursor.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, ANY_OR_NOTHING, NULL, STRING, type RecordType } from '../expression/static-type.js';
import type { Node } from '../node.js';
import type { Expression } from '../scope-values.js';
import { EXPRESSION, FLAG, TEMPLATE_MAP, camelCase, kebabCase, wholeNumber } from '../shape/scalar-shapes.js';
import { COMPENSATE } from '../shape/undo-shapes.js';
import type { SagaAsk } from '../wait-node.js';
import { noBodies, type Block, type BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';
import { checkSagaSide } from './check-saga-side.js';

/** Runs another saga. */
export const saga: Block = {
  head: 'saga',
  doc: 'Runs another saga and waits for its end, or only starts it.',
  example:
    "{ saga: payOut, definition: pay-out, key: input.orderId, with: { orderId: '${ input.orderId }' } }",
  name: camelCase('the name of a block'),
  isNamed: true,
  inherits: { keys: ['timeout'] },
  fields: {
    definition: {
      shape: kebabCase('the name of a saga'),
      doc: 'The saga to run; the version that new instances have.',
      required: 'name the saga to run.',
    },
    with: { shape: TEMPLATE_MAP, doc: "Its input; without it, this saga's own, cut to what it takes." },
    key: { shape: EXPRESSION, doc: 'Its business key; without it, what it says itself of its input.' },
    detached: { shape: FLAG, doc: 'It is only started; nobody waits for its end.' },
    maxHops: {
      shape: wholeNumber(1),
      doc: 'How many sagas may lie behind it, counted from where it all began; 8 if nothing is said. One more is refused, and the block raises `failed`.',
    },
    compensate: { shape: COMPENSATE, doc: 'How it is undone, where it does not undo itself.' },
  },
  bodies: noBodies,
  check: (block, { log }) => {
    const compensate = at(block, 'compensate');
    if (compensate !== undefined) checkCompensation(compensate, log);
  },
  compile: compileOther,
};

const RESULT: RecordType = {
  kind: 'record',
  open: false,
  title: 'the end of a saga',
  fields: { saga: STRING, key: STRING, status: STRING, result: ANY_OR_NOTHING },
};

function compileOther(source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const { cursor, name, id } = source;
  const definition = at(cursor, 'definition')!;
  const other = compiler.sagaAt(definition);
  const isDetached = at(cursor, 'detached')?.value === true;
  const maxHops = at(cursor, 'maxHops');
  const undoes = checkSagaSide(source, flow, other, compiler.log);
  const ask: SagaAsk = {
    kind: 'ask',
    channel: 'saga',
    id: undoes === 'by-hand' ? `${id}.saga` : id,
    block: undoes === 'by-hand' ? `${name}.saga` : name,
    definition: String(definition.value),
    key: keyOf(source, flow, compiler),
    input: inputOf(source, flow, other, compiler),
    detached: isDetached,
    ...(maxHops !== undefined && { maxHops: Number(maxHops.value) }),
    ...(undoes !== 'never' && !isDetached && { undo: { release: 'saga' } as const }),
  };
  const output = isDetached ? NULL : RESULT;
  const after = withName(flow, name, output);
  const raised = { kind: 'engine' as const, pivot: flow.pivot, block: name, cursor };
  return {
    node: undoes === 'by-hand' ? undoneByHand(source, ask, after, output, compiler) : ask,
    after,
    raises: [{ ...raised, error: 'invalid' }, ...(isDetached ? [] : [{ ...raised, error: 'failed' }])],
    isUndoable: undoes !== 'never',
  };
}

/** What is undone in another way is a group of one. */
function undoneByHand(
  source: BlockSource,
  ask: SagaAsk,
  after: Flow,
  output: RecordType | typeof NULL,
  compiler: BlockCompiler,
): Node {
  const { name, id } = source;
  compiler.kinds.set(ask.block, 'saga');
  const self = selfRecord(output, compiler.inputType);
  const undo = compileUndo({ source, flow: after, self }, compiler);
  return {
    kind: 'scope',
    id,
    block: name,
    child: ask,
    handlers: {},
    output: ({ steps }) => steps[ask.block]?.output ?? null,
    ...(undo === undefined ? {} : { undo }),
  };
}

function keyOf({ cursor }: BlockSource, flow: Flow, compiler: BlockCompiler): Expression {
  const key = at(cursor, 'key');
  if (key === undefined) return () => null;
  return openlySeenExpression(key, compiler.placeAt(flow), 'the key of a saga', compiler.log);
}

function inputOf(
  { cursor }: BlockSource,
  flow: Flow,
  other: OtherSaga | undefined,
  compiler: BlockCompiler,
): Expression {
  const name = textAt(cursor, 'definition')!;
  const schema: Schema | undefined = other && compiler.files.schemaAt(at(other.cursor, 'input'));
  const taken = schema === undefined ? ANY : typeOfSchema(schema.json, 'its input');
  const written = at(cursor, 'with');
  if (written !== undefined) {
    checkWrittenData(written, name, schema, compiler.log);
    const { type, evaluate } = compiler.template(written, compiler.placeAt(flow));
    checkTakenIn(taken, { type, cursor: written, isWritten: true }, compiler.log, `the saga "${name}"`);
    return evaluate;
  }
  const type = cutType(schema, compiler.inputType);
  checkTakenIn(taken, { type, cursor, isWritten: false }, compiler.log, `the saga "${name}"`);
  checkPassedInput(cursor, name, schema, compiler.inputType, compiler.log);
  const whole: Expression = ({ input }) => input;
  return cutTo(schema, whole) ?? whole;
}
