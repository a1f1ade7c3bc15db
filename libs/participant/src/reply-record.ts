import { replyHeaders, type Instant, type OutgoingRecord, type TraceHeaders } from '#libs/messaging';
import type { CommandOrigin } from './operation-memory.js';
import type { StoredAnswer } from './stored-answer.js';

/** The record that answers a command: to the partition the command named, keyed by its saga. */
export function replyRecord(
  origin: CommandOrigin,
  answer: StoredAnswer,
  source: string,
  at: Instant,
  trace: TraceHeaders,
): OutgoingRecord {
  return {
    topic: origin.replyTo,
    part: origin.replyPartition,
    key: origin.saga,
    value: answer.value,
    headers: replyHeaders(origin, answer, source, at, trace),
  };
}
