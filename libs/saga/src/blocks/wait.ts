import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { CORRELATION_FIELDS, EVENT_FIELD } from '../compiler/subscriptions.js';
import { at, itemsOf, type Cursor } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import { NULL } from '../expression/static-type.js';
import { BLOCKS, listOf, record } from '../shape/container-shapes.js';
import { DURATION_TEXT, EXPRESSION, camelCase, kebabCase, wholeNumber } from '../shape/scalar-shapes.js';
import type { Block, BlockSource } from './block.js';
import { checkWait } from './check-wait.js';
import { compileEventWait } from './wait-for-event.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

const CASE = record({
  title: 'a case',
  fields: {
    case: {
      shape: kebabCase('the name of a case'),
      doc: 'How people call the case.',
      required: 'give the case a name.',
    },
    event: { ...EVENT_FIELD, required: 'name the event that it is about.' },
    ...CORRELATION_FIELDS,
    do: { shape: BLOCKS, doc: 'What to do then.', required: 'what to do then; `do: []` for nothing.' },
  },
});

const DEFAULT = record({
  title: '`default`',
  fields: {
    after: { shape: DURATION_TEXT, doc: 'How long to wait for the event.' },
    events: {
      shape: wholeNumber(1),
      doc: 'How many events of the key to wait for that are not the one.',
    },
    do: { shape: BLOCKS, doc: 'What to do then.', required: 'what to do then; `do: []` for nothing.' },
  },
});

/** Waits for time to pass, or for an event. */
export const wait: Block = {
  head: 'wait',
  doc: 'Waits for a duration, until a point in time, or for an event.',
  example:
    '{ wait: payment, event: bank.paid, match: data.amount > 0, default: { after: 3d, do: [{ raise: not-paid }] } }',
  name: camelCase('the name of a block'),
  isNamed: true,
  // A length of time that is waited for has no limit beside it.
  inherits: {
    keys: ['timeout', 'early'],
    for: (block) => at(block, 'event') !== undefined || at(block, 'first') !== undefined,
  },
  fields: {
    for: { shape: DURATION_TEXT, doc: 'How long to wait.' },
    until: { shape: EXPRESSION, doc: 'Until when to wait.' },
    event: { ...EVENT_FIELD, doc: "The event to wait for; its data is the block's output." },
    ...CORRELATION_FIELDS,
    first: { shape: listOf(CASE), doc: 'Several events; the first that comes decides.' },
    early: { shape: DURATION_TEXT, doc: 'Events that came this long before count as well.' },
    default: { shape: DEFAULT, doc: 'What to do when the event does not come.' },
  },
  bodies: (block) =>
    [...itemsOf(at(block, 'first')), at(block, 'default')].flatMap((part) =>
      part === undefined ? [] : (at(part, 'do') ?? []),
    ),
  check: (block, { log }) => checkWait(block, log),
  compile: (source, flow, compiler) => {
    const isForEvent = at(source.cursor, 'event') !== undefined || at(source.cursor, 'first') !== undefined;
    return isForEvent ? compileEventWait(source, flow, compiler) : compileClock(source, flow, compiler);
  },
};

function compileClock({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const until = at(cursor, 'until');
  const duration = at(cursor, 'for');
  const waiting =
    until === undefined
      ? { forMs: durationMs(String(duration?.value)) ?? 0 }
      : { until: compiler.instant(until, compiler.placeAt(flow)) };
  return {
    node: { kind: 'ask', channel: 'time', id, block: name, wait: waiting },
    after: withName(flow, name, NULL),
    raises: until === undefined ? [] : [invalidAt(until, name, flow)],
    isUndoable: false,
  };
}

function invalidAt(cursor: Cursor, block: string, { pivot }: Flow): Compiled['raises'][number] {
  return { error: 'invalid', kind: 'engine', pivot, block, cursor };
}
