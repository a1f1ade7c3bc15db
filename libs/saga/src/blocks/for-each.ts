import type { BlockCompiler } from '../compiler/block-compiler.js';
import { openlySeenExpression } from '../compiler/clearance.js';
import { withStep, type Compiled, type Flow, type Raised } from '../compiler/flow.js';
import { blockTimeoutMs } from '../compiler/inheritance.js';
import { RESERVED_NAMES } from '../compiler/reserved-names.js';
import { at, textAt, type Cursor } from '../document/cursor.js';
import { NUMBER, type StaticType } from '../expression/static-type.js';
import type { ItemLegs } from '../node.js';
import { BLOCKS } from '../shape/container-shapes.js';
import { TIME_LIMIT } from '../shape/policy-shapes.js';
import { EXPRESSION, TEMPLATE, camelCase, wholeNumber } from '../shape/scalar-shapes.js';
import type { Block, BlockSource } from './block.js';
import { JOIN_FIELDS, JOIN_RESULT, checkJoin, joinPolicy, toleratesAll } from './join-fields.js';
import { compileTimes, type Times } from './times.js';

/** Does the same for each item of a list, beside each other. */
export const forEach: Block = {
  head: 'forEach',
  doc: 'Does the same for each item of a list, beside each other, and goes on when all of them have settled.',
  example:
    "{ forEach: lines, in: input.lines, as: line, key: line.sku, tolerate: 10%, do: [{ step: pick, call: warehouse.pick, with: { sku: '${ line.sku }' }, compensate: warehouse.put-back }] }",
  name: camelCase('the name of a block'),
  isNamed: true,
  inherits: { keys: ['timeout', 'concurrency'] },
  isLoop: true,
  hasOwnTimeout: true,
  more: JOIN_RESULT,
  fields: {
    in: {
      shape: EXPRESSION,
      doc: 'The list; it is made once, when the block begins.',
      required: 'the list to work through, such as `in: input.lines`.',
    },
    do: { shape: BLOCKS, doc: 'What to do for each item.', required: 'the list of blocks.' },
    as: {
      shape: camelCase('the name of an item'),
      doc: 'What expressions inside call the item; `item` if nothing is said.',
    },
    key: {
      shape: EXPRESSION,
      doc: 'Names the item in commands and in `missing`; its position if nothing is said. No two items have the same.',
    },
    concurrency: {
      shape: wholeNumber(1),
      doc: 'How many items are worked on at a time; all if nothing is said.',
    },
    timeout: { shape: TIME_LIMIT, doc: 'How long one item may take; then it is missing.' },
    output: {
      shape: TEMPLATE,
      doc: 'What each item gives; the output of its last block if nothing is said.',
    },
    ...JOIN_FIELDS,
  },
  bodies: (block) => [at(block, 'do')].filter((list) => list !== undefined),
  check: (block, { log }) => {
    const as = at(block, 'as');
    if (as !== undefined && as.value !== 'item' && RESERVED_NAMES.includes(String(as.value)))
      log.error(as, `"${String(as.value)}" means something else in expressions. Choose another name.`);
    checkJoin(block, log);
  },
  compile: compileForEach,
};

function compileForEach(source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const { cursor, name, id } = source;
  const { evaluate: over, item } = compiler.list(at(cursor, 'in')!, compiler.placeAt(flow));
  const as = textAt(cursor, 'as') ?? 'item';
  checkShadow(at(cursor, 'as'), flow, compiler);
  const locals = new Map([...(flow.locals ?? []), [as, item], ['index', NUMBER]] as const);
  const times = compileTimes(source, insideOf(name, locals, flow), compiler);
  const policy = joinPolicy(cursor);
  const key = at(cursor, 'key');
  const timeout = at(cursor, 'timeout');
  const items: ItemLegs = {
    over,
    as,
    ...(key !== undefined && {
      key: openlySeenExpression(
        key,
        compiler.placeAt({ ...flow, locals }),
        'the key of an item',
        compiler.log,
      ),
    }),
    ...concurrencyOf(cursor),
    child: {
      kind: 'scope',
      id: `${id}:item`,
      child: times.body.node,
      handlers: {},
      ...(timeout !== undefined && { timeoutMs: blockTimeoutMs(timeout)! }),
      ...(times.output !== undefined && { output: times.output }),
    },
  };
  return {
    node: { kind: 'par', id, block: name, legs: [], items, ...policy },
    after: withStep(flow, name, { output: listOf(times), isSure: true, more: JOIN_RESULT }),
    raises: raisesOf(source, flow, times.body, toleratesAll(policy)),
    isUndoable: times.body.isUndoable,
  };
}

function insideOf(name: string, locals: Flow['locals'] & {}, flow: Flow): Flow {
  const noPivotIn = `"${name}": what runs beside it could not be undone any more`;
  return { ...flow, locals, noPivotIn, inside: name };
}

function raisesOf(
  { cursor, name: block }: BlockSource,
  { pivot }: Flow,
  body: Compiled,
  isTolerant: boolean,
): readonly Raised[] {
  const common = { kind: 'engine', pivot, block, cursor: at(cursor, 'in')! } as const;
  const join = at(cursor, 'join');
  const shortage =
    join === undefined || join.value === 'all'
      ? {}
      : { cursor: join, cause: `when the list holds less than \`join: ${String(join.value)}\` needs` };
  const legs = isTolerant ? [] : [...body.raises, { ...common, error: 'incomplete', ...shortage }];
  return [...legs, { ...common, error: 'invalid' }];
}

function concurrencyOf(cursor: Cursor): Pick<ItemLegs, 'concurrency'> {
  const concurrency = at(cursor, 'concurrency')?.value;
  return typeof concurrency === 'number' ? { concurrency } : {};
}

/** A list holds what is there, so nothing in it is optional. */
function listOf({ type }: Times): StaticType {
  return type.kind === 'refused' ? type : { kind: 'list', of: type.kind === 'optional' ? type.of : type };
}

function checkShadow(as: Cursor | undefined, flow: Flow, { log }: BlockCompiler): void {
  if (as !== undefined && flow.locals?.has(String(as.value)) === true)
    log.error(as, `A loop around this one calls its item "${String(as.value)}". Choose another name.`);
}
