/** A batch longer than this, in milliseconds, makes the next ones smaller: it holds a transaction and its answers back. */
const longBatchMs = 200;

/**
 * How many commands to carry out together: halved after a long batch, grown again after short ones.
 *
 * Quick handlers (a few statements each) get large batches and pay one commit for many commands; slow ones
 * (a call to another system) soon run one by one, each in a transaction of its own.
 */
export class BatchSize {
  private size: number;

  constructor(private readonly max: number) {
    this.size = max;
  }

  get present(): number {
    return this.size;
  }

  /** Learns from a batch of `count` commands. */
  took(count: number, elapsedMs: number): void {
    if (elapsedMs > longBatchMs) this.size = Math.max(1, Math.floor(Math.min(count, this.size) / 2));
    else if (elapsedMs < longBatchMs / 4 && count >= this.size) this.size = Math.min(this.max, this.size * 2);
  }
}
