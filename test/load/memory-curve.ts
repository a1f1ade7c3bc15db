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

/** Resident memory of a process over the number of sagas it has carried through. */
export class MemoryCurve {
  private readonly samples: MemorySample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(pidOf: () => number | undefined, settled: () => number) {
    this.timer = setInterval(() => {
      const pid = pidOf();
      const mb = pid === undefined ? 0 : residentMb(pid);
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
    const pid = processes[name]?.();
    return pid === undefined ? [] : [[name, Math.round(residentMb(pid))] as const];
  });
  return Object.fromEntries(found);
}
