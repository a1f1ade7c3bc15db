import type { Instant } from './clock.js';
import { partsText, readParts, type EncryptedPart } from './encrypted-parts.js';
import { header, type TraceHeaders } from './header-name.js';
import {
  integerHeader,
  jsonValue,
  optionalHeader,
  requiredHeader,
  timeHeader,
  traceOf,
} from './header-reading.js';
import type { Json } from './json.js';
import { locksText, readLocks } from './lock-tokens.js';
import type { HeaderTexts, InboundRecord } from './record.js';
import type { SagaId } from './saga-id.js';

/** A request to one participant, as a participant reads it. */
export interface Command {
  /** Operation and attempt; the same when the message is only repeated. */
  readonly id: string;
  /** `inventory.reserve`. */
  readonly type: string;
  readonly source: string;
  /** When the coordinator made it. */
  readonly at: Instant;
  readonly saga: SagaId;
  /** Idempotency key: what the participant remembers. */
  readonly operation: string;
  readonly attempt: number;
  /** This attempt was sent before, and nobody has answered. */
  readonly isRepeat?: true | undefined;
  readonly sagaType: string;
  readonly step: string;
  /** Grows with every change of the saga; consumers may drop older ones. */
  readonly revision: number;
  readonly replyTo: string;
  readonly replyPartition: number;
  /** After this instant it must not be started. */
  readonly deadline?: Instant | undefined;
  /** On a compensation: the operation to undo. */
  readonly compensates?: string | undefined;
  /** On a verification: the operation asked about. */
  readonly verifies?: string | undefined;
  /** The locks it was sent under, with their tokens; absent: none. */
  readonly locks?: Readonly<Record<string, number>> | undefined;
  /**
   * Operations of another saga that this one takes the place of: each was undone, and that was confirmed, before this
   * was sent. Absent: none.
   */
  readonly supersedes?: readonly string[] | undefined;
  /** Which parts of its data are encrypted; absent: none. */
  readonly encrypted?: readonly EncryptedPart[] | undefined;
  /** Which parts of its answer are to be encrypted; absent: none. */
  readonly encryptAnswer?: readonly EncryptedPart[] | undefined;
  readonly hops: number;
  readonly trace: TraceHeaders;
  readonly data: Json;
}

/** The headers of a command. Absent optional parts make no header. */
export function commandHeaders(command: Omit<Command, 'data'>, causation: string): HeaderTexts {
  const headers: Record<string, string> = {
    [header.specVersion]: '1.0',
    [header.id]: command.id,
    [header.source]: command.source,
    [header.type]: command.type,
    [header.time]: new Date(command.at).toISOString(),
    [header.correlation]: command.saga,
    [header.causation]: causation,
    [header.operation]: command.operation,
    [header.sagaType]: command.sagaType,
    [header.step]: command.step,
    [header.attempt]: String(command.attempt),
    [header.revision]: String(command.revision),
    [header.replyTo]: command.replyTo,
    [header.replyPartition]: String(command.replyPartition),
    [header.hops]: String(command.hops),
  };
  if (command.isRepeat === true) headers[header.repeat] = 'true';
  if (command.deadline !== undefined) headers[header.deadline] = new Date(command.deadline).toISOString();
  if (command.compensates !== undefined) headers[header.compensates] = command.compensates;
  if (command.verifies !== undefined) headers[header.verifies] = command.verifies;
  if (command.locks !== undefined) headers[header.locks] = locksText(command.locks);
  if (command.supersedes !== undefined) headers[header.supersedes] = command.supersedes.join(', ');
  if (command.encrypted !== undefined) headers[header.encrypted] = partsText(command.encrypted);
  if (command.encryptAnswer !== undefined) headers[header.encryptAnswer] = partsText(command.encryptAnswer);
  return Object.assign(headers, command.trace);
}

/**
 * Reads a command.
 *
 * @throws MalformedRecordError when a header is missing or malformed or the value is not JSON.
 */
export function readCommand(record: InboundRecord): Command {
  const compensates = optionalHeader(record, header.compensates);
  const verifies = optionalHeader(record, header.verifies);
  const deadline = optionalHeader(record, header.deadline);
  const locks = optionalHeader(record, header.locks);
  const supersedes = optionalHeader(record, header.supersedes);
  const encrypted = optionalHeader(record, header.encrypted);
  const encryptAnswer = optionalHeader(record, header.encryptAnswer);
  return {
    id: requiredHeader(record, header.id),
    type: requiredHeader(record, header.type),
    source: requiredHeader(record, header.source),
    at: timeHeader(record, header.time),
    saga: requiredHeader(record, header.correlation),
    operation: requiredHeader(record, header.operation),
    attempt: integerHeader(record, header.attempt),
    sagaType: requiredHeader(record, header.sagaType),
    step: requiredHeader(record, header.step),
    revision: integerHeader(record, header.revision),
    replyTo: requiredHeader(record, header.replyTo),
    replyPartition: integerHeader(record, header.replyPartition),
    hops: integerHeader(record, header.hops),
    ...(optionalHeader(record, header.repeat) === 'true' ? { isRepeat: true as const } : {}),
    ...(deadline === undefined ? {} : { deadline: timeHeader(record, header.deadline) }),
    ...(compensates === undefined ? {} : { compensates }),
    ...(verifies === undefined ? {} : { verifies }),
    ...(locks === undefined ? {} : { locks: readLocks(locks) }),
    ...(supersedes === undefined ? {} : { supersedes: supersedes.split(', ') }),
    ...(encrypted === undefined ? {} : { encrypted: readParts(encrypted, header.encrypted) }),
    ...(encryptAnswer === undefined ? {} : { encryptAnswer: readParts(encryptAnswer, header.encryptAnswer) }),
    trace: traceOf(record),
    data: jsonValue(record),
  };
}
