import type { Instant, OutgoingRecord, PublishOutcome } from '#libs/messaging';
import type { ByteWriter } from './wire/byte-writer.js';
import { writeRecordBatch } from './wire/record-batch-encoder.js';
import type { ProducePart } from './wire/produce-request.js';

/** Under which number the broker tells our batches apart. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** One call of `publish`: its outcomes, and how many are still to come. */
export interface PublishCall {
  readonly outcomes: PublishOutcome[];
  left: number;
  readonly done: () => void;
}

/** Sequence numbers begin again at zero behind this one. */
const sequenceMask = 0x7fff_ffff;
/** Settled records are thrown out of the arrays only now and then. */
const compactAt = 1_024;

/**
 * The records waiting for one partition, first in, first out, and the batch at their head that is being sent.
 *
 * A batch that was sent keeps its records and its sequence number until its fate is known: repeated under the same
 * number it is stored at most once, however often the answer is lost.
 */
export class PartitionQueue implements ProducePart {
  private readonly records: OutgoingRecord[] = [];
  private readonly calls: PublishCall[] = [];
  private readonly indexes: number[] = [];
  private head = 0;
  private sequence = 0;
  /** Size of the batch at the head; 0 while none was sent. */
  private batch = 0;
  private largest = Number.MAX_SAFE_INTEGER;
  private identity: ProducerIdentity | undefined;

  /** True while a request holds it: nothing else may send from it. */
  inFlight = false;
  /** True when the batch at the head may have been stored without our knowing. */
  inDoubt = false;
  /** Elapsed time since which the batch at the head is tried. */
  triedSince = 0;
  /** Elapsed time before which it is not tried again. */
  notBefore = 0;
  /** Elapsed time since which metadata does not know the partition. */
  absentSince: number | undefined;
  attempts = 0;

  constructor(
    readonly topic: string,
    readonly part: number,
    private readonly maxBytes: number,
    private readonly now: () => Instant,
  ) {}

  get waiting(): number {
    return this.records.length - this.head;
  }

  get numberedBy(): ProducerIdentity | undefined {
    return this.identity;
  }

  push(record: OutgoingRecord, call: PublishCall, index: number): void {
    this.records.push(record);
    this.calls.push(call);
    this.indexes.push(index);
  }

  /** Numbers what follows anew. The batch at the head is open again. */
  number(identity: ProducerIdentity | undefined): void {
    this.identity = identity;
    this.sequence = 0;
    this.batch = 0;
    this.inDoubt = false;
  }

  /** Appends the batch at the head to a request: the same one as before if it was sent already. */
  write(writer: ByteWriter): void {
    const isAgain = this.batch > 0;
    const range = {
      from: this.head,
      to: this.head + (isAgain ? this.batch : Math.min(this.waiting, this.largest)),
      maxBytes: isAgain ? Number.MAX_SAFE_INTEGER : this.maxBytes,
    };
    const head = { ...this.identity!, firstSequence: this.sequence, at: this.now() };
    this.batch = writeRecordBatch(writer, this.records, range, head) - this.head;
  }

  /** The batch at the head has this outcome and is behind us. */
  stored(outcome: PublishOutcome): void {
    this.sequence = (this.sequence + this.batch) & sequenceMask;
    this.largest = Math.min(this.largest * 2, Number.MAX_SAFE_INTEGER);
    this.settle(this.batch, outcome);
    this.restart();
  }

  get batchSize(): number {
    return this.batch;
  }

  /** Some record of the batch is refused: sends half of it, or tells the outcome if it is the one. */
  halve(outcome: PublishOutcome): void {
    if (this.batch === 1) this.settle(1, outcome);
    else this.largest = Math.ceil(this.batch / 2);
    this.restart();
  }

  /** Everything that waits has this outcome. */
  settleAll(outcome: PublishOutcome): void {
    this.settle(this.waiting, outcome);
    this.restart();
  }

  private restart(): void {
    this.batch = 0;
    this.attempts = 0;
    this.inDoubt = false;
    this.absentSince = undefined;
  }

  private settle(count: number, outcome: PublishOutcome): void {
    const end = this.head + count;
    for (let at = this.head; at < end; at += 1) {
      const call = this.calls[at]!;
      call.outcomes[this.indexes[at]!] = outcome;
      call.left -= 1;
      if (call.left === 0) call.done();
    }
    this.head = end;
    this.compact();
  }

  private compact(): void {
    if (this.head < compactAt && this.head < this.records.length) return;
    if (this.head * 2 < this.records.length) return;
    this.records.splice(0, this.head);
    this.calls.splice(0, this.head);
    this.indexes.splice(0, this.head);
    this.head = 0;
  }
}
