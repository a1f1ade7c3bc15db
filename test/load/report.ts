import { transitionsOfOrder } from './bench-orders.js';
import type { BenchFigures } from './bench-figures.js';
import type { TransitionTimes } from './cause-book.js';
import type { CpuByProcess } from './cpu-meter.js';
import type { Latency } from './figures.js';
import type { TransitionCost } from './large-run.js';
import { targetsOf } from './targets.js';

/** The figures as a person reads them. */
export function reportOf(figures: BenchFigures): string {
  const lines = [
    '',
    `${figures.machine}; traces ${figures.trace}; partitions ${JSON.stringify(figures.partitions)}${figures.quick ? '; a quick run, only for orientation' : ''}`,
    '',
    ...throughputLines(figures),
    ...latencyLines(figures),
    ...stepLines(figures),
    ...cpuLines(figures),
    ...elsewhereLines(figures),
    ...sizeLines(figures),
    ...transitionLines(figures),
    `outcomes          ${figures.sagas} sagas, ${figures.lost} lost, ${figures.wrong} wrong, ${figures.repeated} repeated`,
    '',
    ...targetLines(figures),
  ];
  return `${lines.join('\n')}\n`;
}

function throughputLines({ sagasPerSecond, floors }: BenchFigures): readonly string[] {
  const lines: string[] = [];
  if (sagasPerSecond !== null) {
    const { min, median, max } = sagasPerSecond;
    lines.push(`saturated         ${median} sagas/s (${min} to ${max})`);
  }
  const floorLine = (what: string, floor: number | null): void => {
    if (floor !== null)
      lines.push(`${what.padEnd(17)} ${floor} sagas/s${ratioOf(sagasPerSecond?.median, floor)}`);
  };
  floorLine('bare Kafka', floors.kafkaSagasPerSecond);
  floorLine('bare kafkajs', floors.kafkajsSagasPerSecond);
  if (floors.commitTransitionsPerSecond !== null) {
    const transitions = floors.commitTransitionsPerSecond;
    const sagas = Math.round(transitions / transitionsOfOrder);
    lines.push(
      `commit alone      ${transitions} transitions/s, which is ${sagas} sagas/s${ratioOf(sagasPerSecond?.median, sagas)}`,
    );
  }
  return lines;
}

function ratioOf(median: number | undefined, floor: number): string {
  return median === undefined || floor === 0
    ? ''
    : `; the sagas reach ${Math.round((100 * median) / floor)} % of it`;
}

function latencyLines({ latencyMs, halfRate }: BenchFigures): readonly string[] {
  const line = (rate: number, latency: Latency): string =>
    `latency at ${String(rate).padEnd(6)} p50 ${latency.p50} ms, p95 ${latency.p95} ms, p99 ${latency.p99} ms`;
  const lines: string[] = [];
  if (latencyMs.at50 !== null) lines.push(line(50, latencyMs.at50));
  if (latencyMs.at250 !== null) lines.push(line(250, latencyMs.at250));
  if (latencyMs.half !== null) lines.push(`${line(halfRate ?? 0, latencyMs.half)} (half of saturation)`);
  return lines;
}

function stepLines({ transitionsAtRates, inFlight }: BenchFigures): readonly string[] {
  const line = (what: string, { eventToCommand, answerToNext }: TransitionTimes): string =>
    `${what.padEnd(17)} event to first command p95 ${eventToCommand.p95} ms, answer to what follows p95 ${answerToNext.p95} ms`;
  return [
    ...Object.entries(transitionsAtRates).map(([rate, times]) => line(`steps at ${rate}`, times)),
    ...(inFlight === null ? [] : [line(`${inFlight.sagas} at once`, inFlight.transitions)]),
  ];
}

function cpuLines({ cpuSecondsPer1000, cpuSecondsPer1000AtRates, floors }: BenchFigures): readonly string[] {
  const line = (what: string, used: CpuByProcess): string =>
    `${what.padEnd(17)} ${Object.entries(used)
      .map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`)
      .join(', ')}`;
  const lines = ['CPU seconds per 1,000 sagas'];
  if (cpuSecondsPer1000 !== null) lines.push(line('  saturated', cpuSecondsPer1000));
  for (const [rate, used] of Object.entries(cpuSecondsPer1000AtRates)) lines.push(line(`  at ${rate}`, used));
  if (floors.kafkaCpuSecondsPer1000 !== null) lines.push(line('  bare Kafka', floors.kafkaCpuSecondsPer1000));
  if (floors.kafkajsCpuSecondsPer1000 !== null)
    lines.push(line('  bare kafkajs', floors.kafkajsCpuSecondsPer1000));
  return lines.length === 1 ? [] : lines;
}

/** Below this nobody else was there: the system's own work shows as a few hundredths. */
const undisturbed = 0.15;

function elsewhereLines({ coresElsewhere }: BenchFigures): readonly string[] {
  const disturbed = Object.entries(coresElsewhere).filter(([, cores]) => cores > undisturbed);
  if (disturbed.length === 0) return [];
  const list = disturbed.map(([name, cores]) => `${name}: ${cores}`).join(', ');
  return [`DISTURBED         cores that other programs used meanwhile: ${list}`];
}

function sizeLines({ atRestMb, rssMb, bytesPerSaga }: BenchFigures): readonly string[] {
  const resting = Object.entries(atRestMb).map(([name, mb]) => `${name} ${mb}`);
  const lines = [`MB before a saga  ${resting.join(', ')}`];
  if (rssMb !== null) {
    const { start, end, startSagas, endSagas } = rssMb;
    lines.push(
      `coordinator       ${start} MB resident after ${startSagas} sagas, ${end} MB after ${endSagas}`,
    );
  }
  if (bytesPerSaga !== null) {
    const { postgresTables, postgresWal, kafka } = bytesPerSaga;
    lines.push(
      `bytes per saga    Postgres ${postgresTables} in tables, ${postgresWal} of log; Kafka ${kafka ?? 'unknown'}`,
    );
  }
  return lines;
}

function transitionLines({ perTransition, largeSagasPerSecond }: BenchFigures): readonly string[] {
  const { order, large } = perTransition;
  const line = (what: string, { cpuMicros, postgresBytes, kafkaBytes }: TransitionCost): string => {
    const coordinator = cpuMicros?.['coordinator'] ?? 'unknown';
    return `${what.padEnd(17)} coordinator ${coordinator}, all ${cpuMicros?.['total'] ?? 'unknown'} µs of CPU; Postgres ${postgresBytes ?? 'unknown'}, Kafka ${kafkaBytes ?? 'unknown'} bytes`;
  };
  const lines = [
    ...(order.cpuMicros === null ? [] : [line('  order', order)]),
    ...(large === null ? [] : [line('  large order', large)]),
  ];
  const speed = largeSagasPerSecond === null ? '' : ` (saturated: ${largeSagasPerSecond} large orders/s)`;
  return lines.length === 0 ? [] : [`a transition costs${speed}`, ...lines];
}

function targetLines(figures: BenchFigures): readonly string[] {
  const width = Math.max(...targetsOf(figures).map(({ what }) => what.length));
  return targetsOf(figures).map(({ what, wanted, measured, isMet }) => {
    const verdict = isMet === undefined ? 'not measured' : isMet ? 'met' : 'MISSED';
    return `${what.padEnd(width)}  ${wanted.padEnd(8)} ${(measured ?? '–').padEnd(8)} ${verdict}`;
  });
}
