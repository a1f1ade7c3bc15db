import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { at } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import { NULL } from '../expression/static-type.js';
import { NOT_SUPPORTED } from '../not-supported.js';
import { DURATION_TEXT, EXPRESSION, camelCase } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Waits for time to pass. */
export const wait: Block = {
  head: 'wait',
  doc: 'Waits for a duration or until a point in time.',
  name: camelCase('the name of a block'),
  isNamed: true,
  later: NOT_SUPPORTED.wait,
  fields: {
    for: { shape: DURATION_TEXT, doc: 'How long to wait.' },
    until: { shape: EXPRESSION, doc: 'Until when to wait.' },
  },
  bodies: noBodies,
  check: (block, { log }) => {
    const duration = at(block, 'for');
    const instant = at(block, 'until');
    const isLater = NOT_SUPPORTED.wait.some((key) => at(block, key) !== undefined);
    if (duration !== undefined && instant !== undefined)
      log.errorAtKey(instant, 'A wait has either `for` or `until`. Keep one of them.');
    if (duration === undefined && instant === undefined && !isLater)
      log.error(block, 'A wait needs `for: <duration>` or `until: <instant>`.');
  },
  compile: compileWait,
};

function compileWait({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const until = at(cursor, 'until');
  const duration = at(cursor, 'for');
  const waiting =
    until === undefined
      ? { forMs: durationMs(String(duration?.value)) ?? 0 }
      : { until: compiler.instant(until, compiler.placeAt(flow)) };
  return {
    node: { kind: 'ask', channel: 'time', id, block: name, wait: waiting },
    after: withName(flow, name, NULL),
    raises:
      until === undefined
        ? []
        : [{ error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor: until }],
    isUndoable: false,
  };
}
