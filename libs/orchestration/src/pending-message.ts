import type { SagaId, TopicPartition } from '#libs/messaging';
import type { LimitedPlace } from './limits/limited-row.js';
import type { OutgoingMessage } from './outgoing-message.js';

/** Who owns a published batch; told when all of it is acknowledged. */
export interface BatchOwner {
  readonly at: TopicPartition;
  /** False once the lane has ended: what is left of its batches is the next owner's. */
  readonly isAlive: boolean;
  /** The batch `seq` is stored by the broker and its outbox row can go. */
  acknowledged(seq: number): void;
  /** A limited command is stored by the broker. */
  limitedSent(place: LimitedPlace): void;
  /** A command of `saga` reached the broker this much later than it was committed. */
  delayed(saga: SagaId, byMs: number): void;
}

/** A batch some of whose messages are not acknowledged yet. */
export interface PendingBatch {
  readonly owner: BatchOwner;
  readonly seq: number;
  readonly at: number;
  /** How many of those in the outbox. */
  left: number;
}

/** A message on its way to the broker. */
export interface PendingMessage {
  readonly message: OutgoingMessage;
  readonly batch: PendingBatch;
}
