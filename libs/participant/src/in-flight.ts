/** Work nobody waits for at once, but somebody in the end. */
export class InFlight {
  private count = 0;
  private whenNone: (() => void)[] = [];

  /** `work` must not reject. */
  add(work: Promise<void>): void {
    this.count += 1;
    void work.then(() => {
      this.count -= 1;
      if (this.count === 0) this.whenNone.splice(0).forEach((resolve) => resolve());
    });
  }

  /** Resolves when nothing is under way. */
  none(): Promise<void> {
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => this.whenNone.push(resolve));
  }
}
