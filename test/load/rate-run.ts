import type { TransitionTimes } from './cause-book.js';
import { latencyOf, type Latency } from './figures.js';
import type { BenchSystem } from './bench-system.js';
import { CpuMeter, perThousand, type CpuByProcess } from './cpu-meter.js';
import { placeAtRate } from './place-orders.js';
import type { OrderRange } from './order-book.js';
import { untilSettled } from './settle.js';
import { timedTransitions } from './transition-times.js';

/** What a run at a steady rate came to. */
export interface RateRun {
  readonly rate: number;
  readonly latency: Latency;
  readonly transitions: TransitionTimes;
  /** Every latency in milliseconds, in ascending order, for a plot. */
  readonly sorted: readonly number[];
  readonly cpuSecondsPer1000: CpuByProcess;
  readonly coresElsewhere: number;
}

/** Places orders evenly and waits for their outcomes. Every order counts. */
export async function rateRun(system: BenchSystem, range: OrderRange, rate: number): Promise<RateRun> {
  const { result: used, transitions } = await timedTransitions(system, async () => {
    const meter = new CpuMeter(system.processes);
    await placeAtRate(system.target, range, rate);
    await untilSettled(system.clock, range.count, () => system.book.settledIn(range));
    return meter.read();
  });
  const sorted = [...system.book.latencies(range)].sort((a, b) => a - b);
  const { coresElsewhere } = used;
  return {
    rate,
    latency: latencyOf(sorted),
    transitions,
    sorted,
    cpuSecondsPer1000: perThousand(used, range.count),
    coresElsewhere,
  };
}
