import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Clock, SystemClock, type CancelTimer, type Instant } from '#libs/messaging';

/** From `at` on, by the machine's clock, it is `byMs` later. */
export interface Leap {
  readonly at: Instant;
  readonly byMs: number;
}

/** How soon every process knows of a leap before it comes. */
const readEveryMs = 50;

/**
 * The machine's time with leaps in it, which all processes read from one file.
 *
 * It is a function of the machine's time alone: a record that the broker stamped is always as old, whoever reads it and
 * however late, so that a coordinator that starts again finds what it left.
 */
export class LeapingTime extends Clock {
  private leaps: readonly Leap[];
  private readonly clock = new SystemClock();
  private readonly reading: NodeJS.Timeout;

  constructor(file: string) {
    super();
    this.leaps = leapsIn(file);
    this.reading = setInterval(() => (this.leaps = leapsIn(file)), readEveryMs).unref();
  }

  /** Reads no more leaps. For a process that outlives the file. */
  stop(): void {
    clearInterval(this.reading);
  }

  /** What the machine's clock, or a broker on the same machine, took for `at`. */
  moved(at: Instant): Instant {
    return this.leaps.reduce((moved, leap) => (at < leap.at ? moved : moved + leap.byMs), at);
  }

  override now(): Instant {
    return this.moved(this.clock.now());
  }

  override elapsed(): number {
    return this.clock.elapsed();
  }

  override after(delayMs: number, run: () => void): CancelTimer {
    return this.clock.after(delayMs, run);
  }
}

/** No leaps yet. */
export function forgetLeaps(file: string): void {
  writeFileSync(file, '[]');
}

/** Lets time pass at once for every process that reads `file`, a moment from now. */
export function leap(file: string, byMs: number): void {
  const at = new SystemClock().now() + 10 * readEveryMs;
  // At once: whoever reads meanwhile reads the whole of either.
  writeFileSync(`${file}.new`, JSON.stringify([...leapsIn(file), { at, byMs }]));
  renameSync(`${file}.new`, file);
}

function leapsIn(file: string): readonly Leap[] {
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Leap[];
}
