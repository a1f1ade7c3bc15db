import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** How much of the work a run does. */
export interface BenchPlan {
  /** Sagas before anything is measured, so that compiled code meets the first measurement. */
  readonly warmUp: number;
  readonly rates: readonly number[];
  readonly secondsPerRate: number;
  readonly saturatedRuns: number;
  readonly queued: number;
  readonly floorQueued: number;
  readonly floorWarmUp: number;
  readonly commitSeconds: number;
  /** Sagas that are under way at the same time. */
  readonly inFlight: number;
  /** Large orders: before it is measured, and queued. */
  readonly large: { readonly warmUp: number; readonly queued: number };
}

/** How traces are treated while measuring. */
export type TraceShare = 'off' | '1%' | 'full';

/** Partitions of the topics of one run. */
export interface Partitions {
  readonly home: number;
  readonly commands: number;
  readonly events: number;
}

/** What a caller asked for. */
export interface BenchOptions {
  readonly quick: boolean;
  readonly plan: BenchPlan;
  readonly partitions: Partitions;
  readonly json: string | undefined;
  readonly profile: boolean;
  readonly trace: TraceShare;
  readonly parts: ReadonlySet<BenchPart>;
  /** The version beside which this one is measured, and nothing else. */
  readonly before: string | undefined;
  /** What is compared of this version, and nothing else is measured: without and with traces, or with more coordinators. */
  readonly compare: 'traces' | 'replicas' | undefined;
  /** Only a chain of stages is measured. */
  readonly chain: boolean;
  readonly coordinators: number;
  /** So many cores each of them may use; undefined: as many as there are. */
  readonly cpuLimit: number | undefined;
}

/** What can be measured alone. */
export type BenchPart = 'latency' | 'saturated' | 'in-flight' | 'large' | 'floors';

/** The arguments make no sense; the message says which ones do. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

export const USAGE = `Usage: npm run bench -- [options]

  --quick            one run of 10,000 and a few seconds a rate, about a minute
  --json FILE        writes the figures
  --profile          runs the coordinator with --cpu-prof and prints where its time goes; saturated runs only, unless --only says which
  --only PARTS       latency, saturated, in-flight, large, floors, separated by commas; what is left out is null in the figures
  --partitions N     of every topic (default 4); --home-partitions, --command-partitions, --event-partitions: of one kind
  --queued N         orders queued for a saturated run
  --runs N           saturated runs
  --before REF       only the order saga, of that version and of this one by turns (--runs of each, 3), and the ratios
  --compare-traces   only the order saga, without traces, with 1% and with all by turns (--runs of each, 3), and the ratios
  --compare-replicas only the order saga, with 1, 2 and 3 coordinators of limited CPU by turns (--runs of each, 3), and the ratios
  --chain            only a chain of four stages at 50/s: what lies between the reply of one and the command to the next
  --coordinators N   so many, which share the partitions (default 1)
  --cpu-limit SHARE  of a core that each coordinator may use, such as 0.2 (default no limit); takes root on Linux
  --trace SHARE      off (default), 1% or full: spans are exported to a receiver that throws them away
`;

const full: BenchPlan = {
  warmUp: 5_000,
  rates: [250, 50],
  secondsPerRate: 30,
  saturatedRuns: 3,
  queued: 60_000,
  floorQueued: 60_000,
  floorWarmUp: 5_000,
  commitSeconds: 8,
  inFlight: 5_000,
  large: { warmUp: 500, queued: 5_000 },
};

const quick: BenchPlan = {
  warmUp: 2_000,
  rates: [250, 50],
  secondsPerRate: 5,
  saturatedRuns: 1,
  queued: 10_000,
  floorQueued: 10_000,
  floorWarmUp: 2_000,
  commitSeconds: 2,
  inFlight: 5_000,
  large: { warmUp: 200, queued: 1_000 },
};

const everything: readonly BenchPart[] = ['latency', 'saturated', 'in-flight', 'large', 'floors'];
/** From none to all. */
export const traceShares: readonly TraceShare[] = ['off', '1%', 'full'];

/** Reads the command line; undefined when only help was asked for. @throws BenchUsageError. */
export function benchOptions(argv: readonly string[]): BenchOptions | undefined {
  const values = parsed(argv);
  if (values.help === true) return undefined;
  const base = values.quick === true ? quick : full;
  const all = wholeNumber('partitions', values.partitions, 4);
  return {
    quick: values.quick === true,
    json: values.json,
    before: values.before,
    compare: comparison(values),
    chain: values.chain === true,
    coordinators: wholeNumber('coordinators', values.coordinators, 1),
    cpuLimit: cpuLimit(values['cpu-limit']),
    profile: values.profile === true,
    trace: oneOf('trace', values.trace ?? 'off', traceShares),
    parts: new Set(partsOf(values.only ?? (values.profile === true ? 'saturated' : undefined))),
    partitions: {
      home: wholeNumber('home-partitions', values['home-partitions'], all),
      commands: wholeNumber('command-partitions', values['command-partitions'], all),
      events: wholeNumber('event-partitions', values['event-partitions'], all),
    },
    plan: {
      ...base,
      queued: wholeNumber('queued', values.queued, base.queued),
      saturatedRuns: wholeNumber('runs', values.runs, values.profile === true ? 1 : base.saturatedRuns),
    },
  };
}

/** The machine in a few words, for whoever reads figures later. */
export function machine(): string {
  return `${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

function parsed(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        quick: flag,
        profile: flag,
        help: flag,
        chain: flag,
        'compare-traces': flag,
        'compare-replicas': flag,
        coordinators: text,
        'cpu-limit': text,
        json: text,
        only: text,
        trace: text,
        queued: text,
        runs: text,
        before: text,
        partitions: text,
        'home-partitions': text,
        'command-partitions': text,
        'event-partitions': text,
      },
    }).values;
  } catch (cause) {
    throw new BenchUsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function comparison(values: ReturnType<typeof parsed>): BenchOptions['compare'] {
  if (values['compare-traces'] === true) return 'traces';
  return values['compare-replicas'] === true ? 'replicas' : undefined;
}

function cpuLimit(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^(0\.\d{1,2}|[1-9]\d?(\.\d{1,2})?)$/.test(value) || Number(value) === 0)
    throw new BenchUsageError(`--cpu-limit is "${value}"; it has to be a number of cores such as 0.2`);
  return Number(value);
}

function partsOf(only: string | undefined): readonly BenchPart[] {
  return only === undefined
    ? everything
    : only.split(',').map((part) => oneOf('only', part.trim(), everything));
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined)
    throw new BenchUsageError(`--${name} is "${value}"; it has to be one of ${allowed.join(', ')}`);
  return found;
}

function wholeNumber(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (!/^[1-9]\d{0,6}$/.test(value))
    throw new BenchUsageError(`--${name} is "${value}"; it has to be a whole number above 0`);
  return Number(value);
}
