import type { InboundRecord, Instant, Offset, OutgoingRecord, TopicPartition } from '#libs/messaging';

/** What a read found: `next` may lie behind the last record, where hidden ones follow. */
export interface LogSlice {
  readonly records: readonly InboundRecord[];
  readonly next: Offset;
}

/** The log of one partition: records by offset, with gaps where hidden ones stand. */
export class InMemoryLog {
  private readonly records: InboundRecord[] = [];
  private readonly readers = new Set<() => void>();
  start: Offset = 0;
  end: Offset = 0;
  /** False: writes are neither stored nor refused, as when replicas are missing. */
  isWritable = true;

  constructor(readonly at: TopicPartition) {}

  append(record: OutgoingRecord, timestamp: Instant): Offset {
    const headers = Object.fromEntries(
      Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)]),
    );
    this.records.push({
      ...this.at,
      offset: this.end,
      timestamp,
      key: Buffer.from(record.key),
      value: record.value === null ? null : Buffer.from(record.value),
      headers,
    });
    this.end += 1;
    this.tellReaders();
    return this.end;
  }

  /** Takes up `count` offsets that no reader ever sees, as markers and aborted transactions do. */
  appendHidden(count: number): void {
    this.end += count;
    this.tellReaders();
  }

  /** Throws away what lies before `offset`, as retention does. */
  truncateBefore(offset: Offset): void {
    this.start = Math.min(offset, this.end);
    this.records.splice(0, this.indexOf(this.start));
    this.tellReaders();
  }

  /** Throws away what lies at `offset` and behind it, as an unclean election does. */
  truncateFrom(offset: Offset): void {
    this.end = Math.min(this.end, Math.max(offset, this.start));
    this.records.length = this.indexOf(this.end);
    this.tellReaders();
  }

  read(from: Offset, most: number): LogSlice {
    const first = this.indexOf(from);
    const records = this.records.slice(first, first + most);
    const isLast = first + records.length === this.records.length;
    return { records, next: isLast ? this.end : records.at(-1)!.offset + 1 };
  }

  /** Calls `reader` whenever something has changed, until the returned function is called. */
  watch(reader: () => void): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  private tellReaders(): void {
    for (const reader of [...this.readers]) reader();
  }

  /** Index of the first record at or behind `offset`. */
  private indexOf(offset: Offset): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.records[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
