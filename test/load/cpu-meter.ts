import { cpuSeconds } from './process-usage.js';

/** CPU seconds by process. A process of which nothing is known, in a container or elsewhere, is left out. */
export type CpuByProcess = Readonly<Record<string, number>>;

/** Which processes to look at. */
export type MeteredProcesses = Readonly<Record<string, () => number | undefined>>;

/** Measures what processes use between two moments. */
export class CpuMeter {
  private readonly before: CpuByProcess;

  constructor(private readonly processes: MeteredProcesses) {
    this.before = readAll(processes);
  }

  /** CPU seconds since this meter was made. */
  read(): CpuByProcess {
    const now = readAll(this.processes);
    return Object.fromEntries(
      Object.entries(now).map(([name, seconds]) => [name, seconds - (this.before[name] ?? 0)]),
    );
  }
}

/** CPU seconds a thousand sagas, by process and together. */
export function perThousand(used: CpuByProcess, sagas: number): CpuByProcess {
  const total = Object.values(used).reduce((sum, seconds) => sum + seconds, 0);
  const all = Object.entries({ ...used, total });
  return Object.fromEntries(all.map(([name, seconds]) => [name, round((seconds * 1_000) / sagas)]));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function readAll(processes: MeteredProcesses): CpuByProcess {
  const read = Object.entries(processes).map(([name, pidOf]) => {
    const pid = pidOf();
    return pid === undefined ? [] : [[name, pid === process.pid ? ownSeconds() : cpuSeconds(pid)] as const];
  });
  return Object.fromEntries(read.flat());
}

/** Everything else that runs is a child of this process and would be counted twice. */
function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
