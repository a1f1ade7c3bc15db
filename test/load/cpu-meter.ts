import { cpuSeconds, machineCpuSeconds } from './process-usage.js';

/** CPU seconds by process. A process of which nothing is known, in a container or elsewhere, is left out. */
export type CpuByProcess = Readonly<Record<string, number>>;

/** Which processes to look at, those of one kind together. */
export type MeteredProcesses = Readonly<Record<string, () => readonly number[]>>;

/** The ids of these processes, as far as they run. */
export function pidsOf(
  ...processes: readonly { readonly pid: number | undefined }[]
): () => readonly number[] {
  return () => processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
}

/** What was used between two moments. */
export interface CpuUse {
  readonly byProcess: CpuByProcess;
  /** How many cores everything else on the machine kept busy: what disturbs a measurement. */
  readonly coresElsewhere: number;
}

/** Measures what processes use between two moments. */
export class CpuMeter {
  private readonly before: CpuByProcess;
  private readonly startedAt = performance.now();
  private readonly machineBefore = machineCpuSeconds();

  constructor(private readonly processes: MeteredProcesses) {
    this.before = readAll(processes);
  }

  /** What was used since this meter was made. */
  read(): CpuUse {
    const seconds = (performance.now() - this.startedAt) / 1_000;
    const used = Object.entries(readAll(this.processes)).map(
      ([name, now]) => [name, now - (this.before[name] ?? 0)] as const,
    );
    const elsewhere = machineCpuSeconds() - this.machineBefore - sum(used.map(([, each]) => each));
    return {
      byProcess: Object.fromEntries(used),
      coresElsewhere: round(Math.max(0, elsewhere / seconds), 2),
    };
  }
}

/** CPU seconds a thousand sagas, by process and together. */
export function perThousand({ byProcess }: CpuUse, sagas: number): CpuByProcess {
  const all = Object.entries({ ...byProcess, total: sum(Object.values(byProcess)) });
  return Object.fromEntries(all.map(([name, seconds]) => [name, round((seconds * 1_000) / sagas, 4)]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function readAll(processes: MeteredProcesses): CpuByProcess {
  const read = Object.entries(processes).map(([name, pidsNow]) => [name, pidsNow()] as const);
  return Object.fromEntries(
    read.filter(([, pids]) => pids.length > 0).map(([name, pids]) => [name, sum(pids.map(secondsOf))]),
  );
}

function secondsOf(pid: number): number {
  return pid === process.pid ? ownSeconds() : cpuSeconds(pid);
}

/** Everything else that runs is a child of this process and would be counted twice. */
function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
