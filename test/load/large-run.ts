import type { CpuByProcess } from './cpu-meter.js';
import type { LocalStack } from '../../deploy/local/src/index.js';
import type { BenchSystem } from './bench-system.js';
import type { Verdict } from './order-book.js';
import { placeAtOnce } from './place-orders.js';
import { saturatedRun, type SaturatedRun } from './saturated-run.js';
import { untilSettled } from './settle.js';
import { storageSize, type StorageSize } from './storage-size.js';

/** A saturated run of large orders, and what it left on disk. */
export interface LargeRun {
  readonly run: SaturatedRun;
  readonly stored: StoredGrowth;
  readonly verdict: Verdict;
}

/** What so many sagas left on disk. */
export interface StoredGrowth {
  readonly before: StorageSize;
  readonly after: StorageSize;
  readonly sagas: number;
}

/** What one transition costs: microseconds of CPU by process, bytes by place. */
export interface TransitionCost {
  readonly cpuMicros: CpuByProcess | null;
  readonly postgresBytes: number | null;
  readonly kafkaBytes: number | null;
}

/** Runs so many large orders after some to warm up. */
export async function largeRun(
  system: BenchSystem,
  stack: LocalStack,
  plan: { readonly warmUp: number; readonly queued: number },
): Promise<LargeRun> {
  const { target, book } = system.large;
  const warm = { first: 1, count: plan.warmUp };
  await placeAtOnce(target, warm);
  await untilSettled(system.clock, warm.count, () => book.settledIn(warm));
  const size = (): Promise<StorageSize> => storageSize(system.databaseUrl, stack.dataFolder);
  const before = await size();
  const range = { first: warm.count + 1, count: plan.queued };
  const run = await saturatedRun({ ...system, target, book }, range);
  return {
    run,
    stored: { before, after: await size(), sagas: range.count },
    verdict: book.verdict({ first: 1, count: warm.count + range.count }),
  };
}

/** Shares the cost of a saga out among its transitions. */
export function transitionCost(
  cpuSecondsPer1000: CpuByProcess | null,
  stored: StoredGrowth | undefined,
  transitions: number,
): TransitionCost {
  const micros = (seconds: number): number => Math.round((10_000 * seconds) / transitions) / 10;
  const bytes = (of: (size: StorageSize) => number | undefined): number | null => {
    const [before, after] = [stored && of(stored.before), stored && of(stored.after)];
    return before === undefined || after === undefined
      ? null
      : Math.round((after - before) / stored!.sagas / transitions);
  };
  return {
    cpuMicros:
      cpuSecondsPer1000 &&
      Object.fromEntries(Object.entries(cpuSecondsPer1000).map(([name, seconds]) => [name, micros(seconds)])),
    postgresBytes: bytes(({ tables, wal }) => tables + wal),
    kafkaBytes: bytes(({ kafka }) => kafka),
  };
}
