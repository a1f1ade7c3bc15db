import type { CancelTimer, Clock, Log } from '#libs/messaging';

/** Work that is done again and again, each time a while after it has ended. */
export class Periodic {
  private cancel: CancelTimer | undefined;
  private turn: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    if (this.isStopped) return;
    this.cancel = this.clock.after(this.everyMs, () => {
      this.turn = this.once().finally(() => this.start());
    });
  }

  /** Lets the turn under way end. Safe twice and before `start`. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancel?.();
    await this.turn;
  }

  private async once(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.log.warn('periodic work of a participant failed', { reason: String(error) });
    }
  }
}
