import {
  partitionName,
  type EventSource,
  type Offset,
  type RecordBatch,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';

/** How a {@link SourceWatcher} listens. */
export interface SourceWatcherOptions {
  /** Default true. */
  readonly listensForLost?: boolean;
  /** How long `until` waits. Default 20,000. */
  readonly patienceMs?: number;
}

/** A reader that writes down what a source tells it, and lets a test wait for something to have been told. */
export class SourceWatcher implements SourceHandlers {
  readonly batches: RecordBatch[] = [];
  readonly events: string[] = [];
  readonly assignedNow = new Set<string>();
  fatalError: Error | undefined;
  /** Called with each batch after it was written down. */
  onBatch: (batch: RecordBatch) => void = () => undefined;
  /** Called with each partition assigned. */
  onAssigned: (at: TopicPartition) => void = () => undefined;
  private readonly waiting = new Set<() => void>();

  private readonly patienceMs: number;
  readonly lost?: (at: TopicPartition, expected: Offset) => void;

  constructor(options: SourceWatcherOptions = {}) {
    this.patienceMs = options.patienceMs ?? 20_000;
    if (options.listensForLost !== false)
      this.lost = (at, expected) => this.note(`lost ${partitionName(at)} ${expected}`);
  }

  assigned(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      this.assignedNow.add(partitionName(at));
      this.note(`assigned ${partitionName(at)}`);
      this.onAssigned(at);
    }
  }

  revoked(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      this.assignedNow.delete(partitionName(at));
      this.note(`revoked ${partitionName(at)}`);
    }
  }

  batch(batch: RecordBatch): void {
    this.batches.push(batch);
    this.note(`batch ${partitionName(batch)} ${batch.from} ${batch.next}`);
    this.onBatch(batch);
  }

  progress(at: TopicPartition, from: Offset, next: Offset): void {
    this.note(`progress ${partitionName(at)} ${from} ${next}`);
  }

  fatal(error: Error): void {
    this.fatalError = error;
    this.note('fatal');
  }

  /** Values delivered of a partition, in order. */
  values(part: number): readonly (string | undefined)[] {
    return this.batches
      .filter((batch) => batch.part === part)
      .flatMap(({ records }) => records.map(({ value }) => value?.toString()));
  }

  /** Resolves when `condition` holds; it is looked at whenever the source has told something. */
  async until(what: string, condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(check);
        reject(new Error(`waited in vain until ${what}; was told: ${this.events.slice(-12).join(', ')}`));
      }, this.patienceMs);
      this.waiting.add(check);
    });
  }

  private note(event: string): void {
    this.events.push(event);
    for (const check of [...this.waiting]) check();
  }
}

/** Seeks and resumes every partition as it is assigned. */
export function resumeAll(source: EventSource, watcher: SourceWatcher, from?: Offset): void {
  watcher.onAssigned = (at) => {
    if (from !== undefined) source.seek(at, from);
    source.resume(at);
  };
}
