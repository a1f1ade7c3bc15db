import type { InboundRecord, Instant, MalformedReason } from '#libs/messaging';

/** Why a record of a command topic is kept instead of answered. */
export type ParkReason = MalformedReason | 'reply-refused';

/** A record that cannot be answered, with its bytes. Topic, partition and offset identify it. */
export interface ParkedCommand {
  readonly record: InboundRecord;
  readonly reason: ParkReason;
  readonly message: string;
  readonly at: Instant;
}
