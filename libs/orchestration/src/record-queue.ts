import type { InboundRecord, Offset, RecordBatch } from '#libs/messaging';

/** Records taken together, and the position behind them. */
export interface TakenRecords {
  readonly records: readonly InboundRecord[];
  readonly next: Offset;
}

/**
 * The records of one partition that wait to be folded. Reading does not remove: what could not be committed is
 * simply read again.
 */
export class RecordQueue {
  private records: InboundRecord[] = [];
  /** Position behind each record: usually its offset + 1, behind the last of a fetch whatever the fetch covered. */
  private nexts: Offset[] = [];
  private head = 0;

  get length(): number {
    return this.records.length - this.head;
  }

  /** Offset of the first record, or `undefined` when there is none. */
  get firstOffset(): Offset | undefined {
    return this.records[this.head]?.offset;
  }

  push(batch: RecordBatch): void {
    const last = batch.records.length - 1;
    for (const [index, record] of batch.records.entries()) {
      this.records.push(record);
      this.nexts.push(index === last ? batch.next : record.offset + 1);
    }
  }

  /** The first records, at most `limit` and about `maxBytes` of values, but at least one; `undefined` when empty. */
  peek(limit: number, maxBytes: number): TakenRecords | undefined {
    let end = this.head;
    let bytes = 0;
    while (end < this.records.length && end - this.head < limit && bytes < maxBytes) {
      bytes += this.records[end]!.value?.length ?? 0;
      end += 1;
    }
    if (end === this.head) return undefined;
    return { records: this.records.slice(this.head, end), next: this.nexts[end - 1]! };
  }

  /** Removes everything before `offset`. */
  dropBefore(offset: Offset): void {
    while (this.head < this.records.length && this.records[this.head]!.offset < offset) this.head += 1;
    if (this.head < 4_096 && this.head < this.records.length) return;
    this.records = this.records.slice(this.head);
    this.nexts = this.nexts.slice(this.head);
    this.head = 0;
  }

  clear(): void {
    this.records = [];
    this.nexts = [];
    this.head = 0;
  }
}
