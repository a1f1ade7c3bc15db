import type { BenchFigures } from './bench-figures.js';

/** Something the figures have to reach on two cores with everything on them. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  /** Undefined when it was not measured. */
  readonly measured: string | undefined;
  readonly isMet: boolean | undefined;
}

const wanted = {
  sagasPerSecond: 2_500,
  shareOfFloor: 0.5,
  p50At50: 20,
  p99At50: 60,
  p99At250: 60,
  p99AtHalf: 150,
  eventToCommandP95At250: 200,
  memoryGrowth: 1.1,
} as const;

/** Compares figures with what they have to reach. */
export function targetsOf(figures: BenchFigures): readonly Target[] {
  const { latencyMs, transitionsAtRates, sagasPerSecond, floors, rssMb } = figures;
  const median = sagasPerSecond?.median;
  const floor = floors.kafkaSagasPerSecond ?? undefined;
  const share = median === undefined || floor === undefined ? undefined : median / floor;
  const growth = rssMb === null ? undefined : rssMb.end / rssMb.start;
  return [
    atLeast('sagas/s saturated, median', wanted.sagasPerSecond, median, whole),
    atLeast('share of the bare Kafka round trips', wanted.shareOfFloor, share, ratio),
    atMost('p50 at 50 sagas/s, ms', wanted.p50At50, latencyMs.at50?.p50, whole),
    atMost('p99 at 50 sagas/s, ms', wanted.p99At50, latencyMs.at50?.p99, whole),
    atMost('p99 at 250 sagas/s, ms', wanted.p99At250, latencyMs.at250?.p99, whole),
    atMost('p99 at half of saturation, ms', wanted.p99AtHalf, latencyMs.half?.p99, whole),
    atMost(
      'p95 from event to first command at 250 sagas/s, ms',
      wanted.eventToCommandP95At250,
      transitionsAtRates['250']?.eventToCommand.p95,
      whole,
    ),
    atMost('memory at the end over memory at the start', wanted.memoryGrowth, growth, ratio),
    atMost('orders lost', 0, figures.lost, whole),
    atMost('orders with a wrong outcome', 0, figures.wrong, whole),
  ];
}

type Write = (value: number) => string;

const whole: Write = (value) => String(Math.round(value));
const ratio: Write = (value) => value.toFixed(2);

function atLeast(what: string, limit: number, value: number | undefined, write: Write): Target {
  return target(what, `≥ ${limit}`, value, write, (measured) => measured >= limit);
}

function atMost(what: string, limit: number, value: number | undefined, write: Write): Target {
  return target(what, `≤ ${limit}`, value, write, (measured) => measured <= limit);
}

function target(
  what: string,
  wanting: string,
  value: number | undefined,
  write: Write,
  isMet: (measured: number) => boolean,
): Target {
  const measured = value === undefined ? undefined : write(value);
  return { what, wanted: wanting, measured, isMet: value === undefined ? undefined : isMet(value) };
}
