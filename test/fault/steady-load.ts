import type { OrderMix } from '../../apps/shop/src/storefront/order.js';
import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';
import { countSagas } from './saga-counts.js';

/** Orders that keep coming. */
export interface SteadyLoad {
  /** Places nothing more; resolves when the broker has what was placed. */
  stop(): Promise<void>;
}

const batchesPerSecond = 4;
/** More orders than this many seconds' worth are never under way: on a slow machine there are fewer, not later ones. */
const openSeconds = 4;

/**
 * Places orders at a steady rate, or as many as the fleet can take, until it is stopped. Several loads of one fleet go
 * on where the last one ended.
 */
export function startLoad(fleet: Fleet, mix: OrderMix, perSecond: number): SteadyLoad {
  let isStopped = false;
  const count = Math.ceil(perSecond / batchesPerSecond);
  const run = async (): Promise<void> => {
    let first = 1 + fleet.placed.filter((id) => id.startsWith(`${mix}-`)).length;
    while (!isStopped) {
      // Sized so that placing a batch takes as long as the rate allows.
      await fleet.place({ mix, first, count: count + 1, perSecond });
      first += count + 1;
      await eventually(
        'room for more orders',
        async () => isStopped || (await openOrders(fleet)) < openSeconds * perSecond,
        2_000,
      ).catch(() => undefined);
    }
  };
  const running = run();
  // Whoever stops it hears of a failure; until then it must not end the process.
  running.catch(() => undefined);
  return {
    stop: () => {
      isStopped = true;
      return running;
    },
  };
}

async function openOrders(fleet: Fleet): Promise<number> {
  return fleet.placed.length - (await countSagas(fleet)).ended;
}
