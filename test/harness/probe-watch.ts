import { SystemClock, waitFor } from '#libs/messaging';
import type { Probe } from './pod-template.js';

/** A probe that was not answered with success. */
export interface FailedProbe {
  readonly path: string;
  readonly why: string;
}

const clock = new SystemClock();

/**
 * Probes a container as the kubelet does, once in each period, and keeps what failed; nothing is restarted here. What a
 * life of the container fails before its first success does not count: until then it is starting.
 */
export class ProbeWatch {
  readonly failed: FailedProbe[] = [];
  private inARow = 0;
  private longest = 0;
  private passed = 0;
  private isOver = false;
  private startedLife: number | undefined;
  private readonly over: Promise<void>;
  private end: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly probe: Probe,
    /** The process that runs now. Nobody probes a container that does not run. */
    private readonly life: () => number | undefined,
  ) {
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
    void this.run();
  }

  /** Probes that were answered with success. */
  get successes(): number {
    return this.passed;
  }

  /** Whether so many failed in a row that the cluster would have acted: restarted it, or sent it no more requests. */
  get hasGivenUp(): boolean {
    return this.longest >= this.probe.failureThreshold;
  }

  stop(): void {
    this.isOver = true;
    this.end();
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      const life = this.life();
      if (life !== undefined) this.note(life, await whyRefused(this.url, this.probe));
      await Promise.race([this.over, waitFor(clock, this.probe.periodMs)]);
    }
  }

  private note(life: number, why: string | undefined): void {
    // What ended, or was ended, while it was asked has no say.
    if (this.isOver || this.life() !== life) return;
    if (why === undefined) {
      this.startedLife = life;
      this.inARow = 0;
      this.passed += 1;
      return;
    }
    if (this.startedLife !== life) return;
    this.inARow += 1;
    this.longest = Math.max(this.longest, this.inARow);
    this.failed.push({ path: this.probe.path, why });
  }
}

async function whyRefused(url: string, { path, timeoutMs }: Probe): Promise<string | undefined> {
  try {
    const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return response.ok ? undefined : `${response.status} ${text}`;
  } catch (error) {
    return String(error);
  }
}
