import { MalformedRecordError, readCommand, type Command, type InboundRecord } from '#libs/messaging';
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

/** Reads a command that can be remembered and answered. @throws MalformedRecordError when it cannot. */
export function readAnswerable(record: InboundRecord): Command {
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
  return command;
}
