import {
  answerPlace,
  encryptParts,
  replyHeaders,
  type FieldKeys,
  type Instant,
  type Json,
  type OutgoingRecord,
  type TraceHeaders,
} from '#libs/messaging';
import type { CommandOrigin } from './operation-memory.js';
import type { StoredAnswer } from './stored-answer.js';

/**
 * The record that answers a command: to the partition the command named, keyed by its saga.
 *
 * @throws FieldKeyError when a part of it has to be encrypted and the key is not there any more.
 */
export function replyRecord(
  origin: CommandOrigin,
  answer: StoredAnswer,
  source: string,
  at: Instant,
  trace: TraceHeaders,
  keys: FieldKeys,
): OutgoingRecord {
  return {
    topic: origin.replyTo,
    part: origin.replyPartition,
    key: origin.saga,
    value: valueOf(origin, answer, keys),
    headers: replyHeaders(origin, answer, source, at, trace),
  };
}

/** What a handler made of success is what contracts speak of; refusals and failures hold nothing that is classed. */
function valueOf({ operation, encryptAnswer }: CommandOrigin, answer: StoredAnswer, keys: FieldKeys): string {
  if (encryptAnswer === undefined || answer.outcome !== 'succeeded') return answer.value;
  const data = JSON.parse(answer.value) as Json;
  return JSON.stringify(encryptParts(data, encryptAnswer, keys, answerPlace(operation)));
}
