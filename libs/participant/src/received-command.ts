import {
  decryptParts,
  MalformedRecordError,
  missingKeys,
  readCommand,
  type Command,
  type EncryptedPart,
  type FieldKeys,
  type InboundRecord,
} from '#libs/messaging';
import type { StoredAnswer } from './stored-answer.js';
import type { HandlingSpan } from './participant-trace.js';

/** A command on its way through the participant. */
export interface ReceivedCommand {
  readonly command: Command;
  readonly record: InboundRecord;
  readonly span: HandlingSpan;
}

/** What is to be said to one command. */
export interface CommandAnswer {
  readonly received: ReceivedCommand;
  /** `undefined`: nothing can be said. */
  readonly answer: StoredAnswer | undefined;
  /** False: it came from memory. */
  readonly fresh: boolean;
}

/** Longest operation in UTF-8 bytes: longer ones would not fit the index of a memory. */
const maxOperationBytes = 1_024;

/** Attempts and partitions beyond this are nonsense, and would not fit the columns of a memory. */
const maxCount = 999_999_999;

/** Reads a command that can be remembered and answered, in plain. @throws MalformedRecordError when it cannot. */
export function readAnswerable(record: InboundRecord, keys: FieldKeys): Command {
  const command = readCommand(record);
  for (const operation of [command.operation, command.compensates, command.verifies]) {
    if (operation !== undefined && Buffer.byteLength(operation) > maxOperationBytes) {
      throw new MalformedRecordError(
        'malformed-header',
        `an operation is longer than ${maxOperationBytes} bytes`,
      );
    }
  }
  if (command.attempt > maxCount || command.replyPartition > maxCount) {
    throw new MalformedRecordError('malformed-header', `an attempt or reply partition is above ${maxCount}`);
  }
  const { encrypted, encryptAnswer } = command;
  // Before anything is done: an answer that cannot be encrypted would be an effect that nobody hears of.
  if (encryptAnswer !== undefined) assertKeys(encryptAnswer, keys);
  return encrypted === undefined
    ? command
    : { ...command, data: decryptParts(command.data, encrypted, keys, command.operation) };
}

function assertKeys(parts: readonly EncryptedPart[], keys: FieldKeys): void {
  const missing = missingKeys(
    parts.map(({ key }) => key),
    keys,
  );
  if (missing.length > 0)
    throw new MalformedRecordError(
      'unknown-key',
      `the answer has to be encrypted, and there is no key ${missing.map((name) => `"${name}"`).join(', ')}`,
    );
}
