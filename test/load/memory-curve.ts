import type { MeteredProcesses } from './cpu-meter.js';
import { spreadOf } from './figures.js';
import { residentMb } from './process-usage.js';

interface MemorySample {
  readonly sagas: number;
  readonly mb: number;
}

const sampleEveryMs = 200;
/** Share of the count within which samples stand for it: memory swings with every collection of garbage. */
const window = 0.1;

/** Resident memory of processes over the number of sagas they have carried through. */
export class MemoryCurve {
  private readonly samples: MemorySample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(pidsNow: () => readonly number[], settled: () => number) {
    this.timer = setInterval(() => {
      const mb = residentOf(pidsNow());
      if (mb > 0) this.samples.push({ sagas: settled(), mb });
    }, sampleEveryMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Median of the samples around `sagas`; of the last ones before it when it was never reached. */
  at(sagas: number): number {
    const reached = Math.min(sagas, this.samples.at(-1)?.sagas ?? 0);
    const near = this.samples.filter((sample) => Math.abs(sample.sagas - reached) <= reached * window);
    return Math.round(spreadOf(near.map(({ mb }) => mb)).median * 10) / 10;
  }
}

/** Resident megabytes of some processes now. One that runs elsewhere is left out. */
export function memoryOf(
  processes: MeteredProcesses,
  names: readonly string[],
): Readonly<Record<string, number>> {
  const found = names.flatMap((name) => {
    const pids = processes[name]?.() ?? [];
    return pids.length === 0 ? [] : [[name, Math.round(residentOf(pids))] as const];
  });
  return Object.fromEntries(found);
}

function residentOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + residentMb(pid), 0);
}
