import { answerPlace, decryptParts, type FieldKeys, type Json, type Reply } from '#libs/messaging';
import { operationParts, type OperationName } from '#libs/saga';
import type { LiveSaga } from './live-saga.js';

/**
 * What an answer says, in plain.
 *
 * @throws MalformedRecordError when a part of it that has to be encrypted is not, or cannot be decrypted.
 */
export function openedAnswer(
  { program: { encryption } }: LiveSaga,
  name: OperationName,
  { outcome, operation, data }: Reply,
  keys: FieldKeys,
): Json {
  // What a contract says of answers, it says of success.
  if (encryption === undefined || outcome !== 'succeeded') return data;
  const { block, direction } = operationParts(name)!;
  const parts = encryption.commands[`${block}/${direction}`]?.answer ?? [];
  return decryptParts(data, parts, keys, answerPlace(operation));
}
