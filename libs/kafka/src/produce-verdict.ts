import type { RefusalCode } from '#libs/messaging';

/** What the answer for one partition's batch means for it. */
export type ProduceVerdict =
  | { readonly kind: 'stored' }
  /** Try the same batch again. */
  | { readonly kind: 'again' }
  /** The broker has lost track of our numbering: try again under a new producer id. */
  | { readonly kind: 'renumber' }
  /** Some record of the batch is refused for good. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string }
  /** Every record to this topic is refused for good. */
  | { readonly kind: 'closed'; readonly code: RefusalCode; readonly reason: string };

/**
 * Reads the error code of a produce answer.
 *
 * What is not listed is tried again: leaders move, replicas lag, brokers start. That includes "unknown topic", which a
 * broker also says of a topic it has not heard of yet; whether a topic exists is decided by metadata.
 */
export function produceVerdict(errorCode: number): ProduceVerdict {
  switch (errorCode) {
    case 0:
    case 46: // duplicate sequence number: an earlier attempt was stored
      return { kind: 'stored' };
    case 45: // out of order sequence number
    case 47: // invalid producer epoch
    case 49: // invalid producer id mapping
    case 59: // unknown producer id
      return { kind: 'renumber' };
    case 10:
      return { kind: 'refused', code: 'too-large', reason: 'larger than max.message.bytes of the topic' };
    case 18:
      return { kind: 'refused', code: 'too-large', reason: 'larger than a segment of the topic' };
    case 32:
      return { kind: 'refused', code: 'invalid', reason: 'the broker refuses its timestamp' };
    case 44:
      return { kind: 'refused', code: 'invalid', reason: 'a policy of the broker refuses it' };
    case 87:
      return { kind: 'refused', code: 'invalid', reason: 'the broker finds the record invalid' };
    case 17:
      return { kind: 'closed', code: 'no-such-topic', reason: 'the topic name is not valid' };
    case 29:
    case 31:
      return { kind: 'closed', code: 'not-authorised', reason: 'no permission to write to the topic' };
    default:
      return { kind: 'again' };
  }
}
