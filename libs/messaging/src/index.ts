export { hash16, uuidText } from './bytes.js';
export { Clock, SystemClock, waitFor, type CancelTimer, type Instant } from './clock.js';
export { commandHeaders, readCommand, type Command } from './command.js';
export { CommandSink, type PublishOutcome, type RefusalCode } from './command-sink.js';
export { deriveDeskId, isDeskId, type DeskId } from './desk-id.js';
export { eventHeaders, eventType, readDomainEvent, type DomainEvent } from './domain-event.js';
export {
  answerPlace,
  decryptParts,
  encryptParts,
  missingKeys,
  partsText,
  readParts,
  type EncryptedPart,
} from './encrypted-parts.js';
export { EventSource, type PartitionEdges, type RecordBatch, type SourceHandlers } from './event-source.js';
export {
  FieldKeyError,
  FieldKeys,
  GivenFieldKeys,
  NoFieldKeys,
  readFieldKeys,
  type FieldKey,
} from './field-keys.js';
export { FolderFieldKeys } from './folder-field-keys.js';
export { header, traceStarts, type TraceHeaders, type TraceStart } from './header-name.js';
export { traceOf } from './header-reading.js';
export {
  readHomeRecord,
  writeHomeRecord,
  type ActionHead,
  type DeskHead,
  type HeardHead,
  type HomeMessage,
  type Asker,
  type HomeRecord,
  type SignedRecord,
  type StartHead,
  type TriggerHead,
} from './home-record.js';
export type { Json, JsonObject } from './json.js';
export type { SigningKey } from './keyed-hash.js';
export { Log, NoLog, type LogFields } from './log.js';
export { MalformedRecordError, type MalformedReason } from './malformed-record-error.js';
export { openOperation, sealOperation, type Keyring, type OperationName } from './operation.js';
export {
  headerText,
  partitionName,
  type HeaderBytes,
  type HeaderTexts,
  type InboundRecord,
  type Offset,
  type OutgoingRecord,
  type TopicPartition,
} from './record.js';
export {
  commandId,
  readReply,
  replyHeaders,
  type Answer,
  type Reply,
  type ReplyOutcome,
  type RetryAfter,
} from './reply.js';
export { SagaError, type ErrorContext } from './saga-error.js';
export {
  deriveSagaId,
  earliestSagaId,
  homeOf,
  isSagaId,
  keyHash,
  startOf,
  type SagaId,
  type SagaIdentity,
} from './saga-id.js';
export { readUsage, usageText, type Usage } from './usage.js';
export {
  commandPartition,
  commandTopic,
  defaultMaxValueBytes,
  eventPartition,
  eventTopic,
  homeTopic,
  maxBusinessKeyBytes,
} from './topics.js';
export { Secrets } from './secrets.js';
