import type { Clock } from '#libs/messaging';

/** Lets loops that have nothing to do wait until somebody rings. */
export class Bell {
  private readonly sleepers = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** Wakes everybody who waits. */
  ring(): void {
    for (const wake of [...this.sleepers]) wake();
  }

  /** Resolves at the next ring, or after `longestMs`. */
  wait(longestMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.sleepers.delete(wake);
        resolve();
      };
      const cancel = this.clock.after(longestMs, wake);
      this.sleepers.add(wake);
    });
  }
}
