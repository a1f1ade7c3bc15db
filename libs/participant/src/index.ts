export { FieldKeys, FolderFieldKeys, GivenFieldKeys } from '#libs/messaging';
export {
  CommandHandlers,
  type CommandHandler,
  type CommandOptions,
  type RegisteredHandler,
} from './command-handlers.js';
export type { CommandContext, RememberedEffect } from './command-context.js';
export { ForgetfulOperationMemory, type ForgetfulMemoryOptions } from './forgetful-operation-memory.js';
export { accepted, Accepted, disproved, rejected, Rejected, type HandlerAnswer } from './handler-answer.js';
export type { CompletionResult, LateAnswer, LateResult } from './late-answer.js';
export {
  OperationMemory,
  type Claim,
  type ClaimOutcome,
  type CommandOrigin,
  type Completion,
  type Granted,
  type OperationState,
  type Question,
  type Remembered,
  type Settlement,
  type Work,
} from './operation-memory.js';
export type { ParkedCommand, ParkReason } from './parked-command.js';
export { Participant, type ParticipantParts } from './participant.js';
export type { ParticipantSettings } from './participant-settings.js';
export {
  NoParticipantTrace,
  ParticipantTrace,
  type HandlingSpan,
  type SendingSpan,
} from './participant-trace.js';
export { PermanentError, type PermanentErrorOptions } from './permanent-error.js';
export type { StoredAnswer } from './stored-answer.js';
export type { CommandCarrier, Sending } from './relay-commands.js';
export { TransientError, type TransientErrorOptions } from './transient-error.js';
