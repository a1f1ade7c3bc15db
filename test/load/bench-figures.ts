import type { TransitionTimes } from './cause-book.js';
import type { CpuByProcess } from './cpu-meter.js';
import type { InFlightRun } from './in-flight-run.js';
import type { TransitionCost } from './large-run.js';
import type { Latency, Spread } from './figures.js';

/** What `--json` writes. A part that was not measured is null. */
export interface BenchFigures {
  readonly quick: boolean;
  readonly machine: string;
  readonly trace: string;
  readonly partitions: { readonly home: number; readonly commands: number; readonly events: number };
  readonly sagasPerSecond: Spread | null;
  readonly latencyMs: {
    readonly at50: Latency | null;
    readonly at250: Latency | null;
    /** At half of the saturated median; `halfRate` says how much that was. */
    readonly half: Latency | null;
  };
  readonly halfRate: number | null;
  /** How long the coordinator took for single steps, at the steady rates. */
  readonly transitionsAtRates: Readonly<Record<string, TransitionTimes>>;
  readonly inFlight: InFlightRun | null;
  /** By process and in total; the saturated run with the median throughput. */
  readonly cpuSecondsPer1000: CpuByProcess | null;
  /** The same at the steady rates. */
  readonly cpuSecondsPer1000AtRates: Readonly<Record<string, CpuByProcess>>;
  /** Cores that other programs kept busy during each measurement: above 0.1 the figures say little. */
  readonly coresElsewhere: Readonly<Record<string, number>>;
  /** Resident memory by process before the first saga. */
  readonly atRestMb: Readonly<Record<string, number>>;
  /** Resident memory of the coordinator after `startSagas` and `endSagas`. */
  readonly rssMb: {
    readonly start: number;
    readonly end: number;
    readonly startSagas: number;
    readonly endSagas: number;
  } | null;
  /** `postgres` is tables and write-ahead log together. */
  readonly bytesPerSaga: {
    readonly postgres: number;
    readonly kafka: number | null;
    readonly postgresTables: number;
    readonly postgresWal: number;
  } | null;
  /** What one transition of the order saga costs, and one of the large order, which has a longer state. */
  readonly perTransition: { readonly order: TransitionCost; readonly large: TransitionCost | null };
  readonly largeSagasPerSecond: number | null;
  readonly floors: {
    /** Bare round trips with the driver that coordinator and participants use. */
    readonly kafkaSagasPerSecond: number | null;
    readonly commitTransitionsPerSecond: number | null;
    readonly kafkaCpuSecondsPer1000: CpuByProcess | null;
    /** Bare round trips with kafkajs as it comes. */
    readonly kafkajsSagasPerSecond: number | null;
    readonly kafkajsCpuSecondsPer1000: CpuByProcess | null;
  };
  readonly sagas: number;
  readonly lost: number;
  readonly wrong: number;
  /** Outcome events stored more than once under the same id. */
  readonly repeated: number;
}
