import type { Offset } from '#libs/messaging';

/** One record, or a stretch without records, on its way. */
export interface PositionEntry {
  /** The position behind it. */
  readonly next: Offset;
  isDone: boolean;
}

/** Which position of a partition may be committed: everything before it is done, though things end in any order. */
export class PositionWindow {
  private readonly entries: PositionEntry[] = [];
  private head = 0;
  private reached: Offset | undefined;

  /** Entries that were opened and not passed yet. */
  get open(): number {
    return this.entries.length - this.head;
  }

  /** The position that may be committed, or `undefined` before the first entry was passed. */
  get position(): Offset | undefined {
    return this.reached;
  }

  /** Opens the next entry, in the order of the partition. */
  add(next: Offset): PositionEntry {
    const entry = { next, isDone: false };
    this.entries.push(entry);
    return entry;
  }

  done(entry: PositionEntry): void {
    entry.isDone = true;
    while (this.entries[this.head]?.isDone) {
      this.reached = this.entries[this.head]!.next;
      this.head += 1;
    }
    // Dropped in large steps: shifting one by one would move the whole list each time.
    if (this.head > 1_024) {
      this.entries.splice(0, this.head);
      this.head = 0;
    }
  }
}
