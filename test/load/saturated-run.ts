import type { ServiceProcess } from '../../deploy/local/src/index.js';
import type { Clock } from '#libs/messaging';
import { CpuMeter, perThousand, type CpuByProcess, type MeteredProcesses } from './cpu-meter.js';
import type { OrderBook, OrderRange } from './order-book.js';
import { placeAtOnce, type OrderTarget } from './place-orders.js';
import { untilSettled } from './settle.js';

/** What a saturated run works on. */
export interface SaturatedSystem {
  readonly clock: Clock;
  readonly target: OrderTarget;
  readonly book: OrderBook;
  readonly coordinators: readonly ServiceProcess[];
  readonly processes: MeteredProcesses;
}

/** What one saturated run came to. */
export interface SaturatedRun {
  readonly sagasPerSecond: number;
  readonly seconds: number;
  /** Sagas settled in each second of the run, for a plot. */
  readonly perSecond: readonly number[];
  readonly cpuSecondsPer1000: CpuByProcess;
  readonly coresElsewhere: number;
}

/**
 * Queues all orders in front of coordinators that are running but frozen, then lets them go.
 *
 * Counted is from the moment they go on until the broker stores the last outcome: nothing is left out at either end.
 * (From the first outcome would flatter what carries all sagas forward together and settles them at the end, as the
 * bare round trips do.) Frozen rather than stopped, so that warm processes meet a full queue.
 */
export async function saturatedRun(system: SaturatedSystem, range: OrderRange): Promise<SaturatedRun> {
  const { clock, target, book, coordinators } = system;
  for (const coordinator of coordinators) coordinator.freeze();
  try {
    await placeAtOnce(target, range);
  } finally {
    for (const coordinator of coordinators) coordinator.thaw();
  }
  const startedAt = clock.now();
  const meter = new CpuMeter(system.processes);
  await untilSettled(clock, range.count, () => book.settledIn(range));
  const used = meter.read();
  const times = book.settledTimes(range);
  const seconds = Math.max(0, (times.at(-1) ?? startedAt) - startedAt) / 1_000;
  return {
    sagasPerSecond: seconds === 0 ? 0 : Math.round(times.length / seconds),
    seconds: Math.round(seconds * 10) / 10,
    perSecond: countsPerSecond(times, startedAt),
    cpuSecondsPer1000: perThousand(used, Math.max(1, times.length)),
    coresElsewhere: used.coresElsewhere,
  };
}

/** The last second is seldom a whole one and is left out. */
function countsPerSecond(times: readonly number[], startedAt: number): readonly number[] {
  const counts: number[] = [];
  for (const at of times) {
    const second = Math.max(0, Math.floor((at - startedAt) / 1_000));
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0).slice(0, -1);
}
