declare const instantBrand: unique symbol;

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [instantBrand]?: true };

/** Stops a timer made by {@link Clock.after}. Safe to call twice. */
export type CancelTimer = () => void;

/**
 * Where time comes from.
 *
 * Everything that asks for the time or waits for it goes through a clock, so that a test can move it.
 * Two readings are offered because they fail differently: wall time can jump, elapsed time cannot.
 */
export abstract class Clock {
  /** Wall time. May step backwards when the machine is corrected. */
  abstract now(): Instant;

  /** Milliseconds since an arbitrary start; never goes backwards. For durations and deadlines inside one process. */
  abstract elapsed(): number;

  /** Calls `run` once after `delayMs` (0 or more). Does not keep the process alive. */
  abstract after(delayMs: number, run: () => void): CancelTimer;
}

/** The machine's clock. */
export class SystemClock extends Clock {
  override now(): Instant {
    return Date.now();
  }

  override elapsed(): number {
    return performance.now();
  }

  override after(delayMs: number, run: () => void): CancelTimer {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  }
}

/** Resolves after `delayMs` on `clock`. */
export function waitFor(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
