import type { JsonObject } from '#libs/saga';
import type { Drawing } from './drawing.js';
import { nothing, type Drawn, type Spot } from './drawn.js';

/** Gives a block time, a listener, a toggle and handlers, at random; behind the pivot nothing is left uncaught. */
export function boundary(
  drawing: Drawing,
  spot: Spot,
  block: JsonObject,
  inner: Drawn,
  often: number,
): Drawn {
  const { chance } = drawing;
  const raises = new Set(inner.raises);
  const more: Record<string, JsonObject | string | readonly JsonObject[]> = {};
  if (chance.happens(0.15)) {
    if (!('forEach' in block)) more['timeout'] = '40s';
    if (!('forEach' in block)) raises.add('timed-out');
  }
  if (chance.happens(0.12) && spot.side === 'before') {
    more['listen'] = [{ event: 'sim.alarmed', raise: 'alarmed' }];
    raises.add('alarmed');
  } else if (chance.happens(0.12) && spot.root === 'input') {
    more['listen'] = [{ event: 'sim.alarmed', do: [{ emit: drawing.name('heard'), event: 'sim.told' }] }];
  }
  if (chance.happens(0.1) && spot.root === 'input') {
    more['toggle'] = 'fancy';
    raises.add('switched-off');
  }
  if (chance.happens(0.1) && spot.root === 'input') {
    more['requires'] = { stock: { fact: 'sim.stock', key: 'input.id', fresh: '1h', wait: '20s' } };
    raises.add('stale');
  }
  const caught = [...raises].filter(() => spot.side === 'behind' || chance.happens(often));
  const handlers = caught.map((error) => [error, handler(drawing, spot, inner)] as const);
  const isUndoable = inner.isUndoable || handlers.some(([, { isUndoable: is }]) => is);
  const catches = Object.fromEntries(handlers.map(([error, { block: one }]) => [error, one]));
  const left = [...raises].filter((error) => !caught.includes(error));
  const out = [...left, ...handlers.flatMap(([error, { raises: again }]) => again(error))];
  const all = { ...block, ...more, ...(handlers.length > 0 ? { catch: catches } : {}) };
  return { blocks: [all], raises: new Set(out), isUndoable };
}

interface DrawnHandler {
  readonly block: JsonObject;
  readonly isUndoable: boolean;
  readonly raises: (error: string) => readonly string[];
}

function handler(drawing: Drawing, spot: Spot, inside: Drawn): DrawnHandler {
  const { chance } = drawing;
  const ways =
    spot.side === 'before'
      ? (['continue', 'continue', 'retry', 'compensate'] as const)
      : (['continue'] as const);
  const then = chance.pick(ways);
  const list = chance.happens(0.5) ? drawing.step(spot) : nothing;
  const undo = inside.isUndoable && then !== 'compensate' ? { undo: chance.happens(0.6) } : {};
  const times = then === 'retry' ? { times: 1 } : {};
  return {
    block: { do: list.blocks, then, ...undo, ...times },
    isUndoable: list.isUndoable,
    raises: (error) => [...list.raises, ...(then === 'retry' ? [error] : [])],
  };
}
