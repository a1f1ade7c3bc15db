import { timingSafeEqual } from 'node:crypto';
import type { Instant } from './clock.js';
import type { DeskId } from './desk-id.js';
import { header, type TraceHeaders } from './header-name.js';
import { jsonValue, optionalHeader, requiredHeader, traceOf } from './header-reading.js';
import type { Json, JsonObject } from './json.js';
import { keyedHash, type SigningKey } from './keyed-hash.js';
import { MalformedRecordError } from './malformed-record-error.js';
import { firstOfSealed, isSealedHome, openHome, sealHome } from './sealed-home.js';
import type { Keyring, OperationName } from './operation.js';
import type { HeaderTexts, InboundRecord } from './record.js';
import { readReply, type Reply } from './reply.js';
import type { SagaId } from './saga-id.js';

/** A saga begins. Everything the fold needs is pinned here; it decides nothing again. */
export interface StartHead {
  readonly definition: string;
  readonly version: number;
  readonly businessKey: string;
  /** `ce_source`, `ce_id`, `ce_type` and time of what started it. */
  readonly source: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly at: Instant;
  readonly toggles: Readonly<Record<string, boolean>>;
  readonly hops: number;
  /** The desk of its key decides who may start, and wants to know what became of it. */
  readonly admitted?: true;
  /** Set on a child: the saga that waits for it, and the name it waits under. */
  readonly parent?: { readonly saga: SagaId; readonly id: OperationName };
  /** Set where a saga runs it, detached or not: the definitions that ran each other, outermost first. */
  readonly runBy?: readonly string[];
  /** The desk that waits for what it finds out, and the name it waits under. */
  readonly informs?: { readonly desk: string; readonly key: string; readonly id: string };
  /** The saga that it is about: the newest of this definition and key. */
  readonly link?: { readonly definition: string; readonly key: string };
  /** Set where somebody asked for it by name. */
  readonly asker?: Asker;
  /** Set on a start by API: the id under which the caller waits for the answer. */
  readonly request?: string;
}

/** Who asked for something, and why, as far as that was said. */
export interface Asker {
  readonly by: string;
  readonly reason?: string;
}

/** What an operator or the API asks of a saga. `request` is the id under which the answer is recorded. */
export interface ActionHead {
  readonly request: string;
  readonly action: string;
  readonly by: string;
  readonly reason?: string;
  /** What was found to be the matter; kept with the answer. */
  readonly mode?: string;
  readonly at: Instant;
}

/** What is said to a saga that had asked for something outside the participants. */
export interface HeardHead {
  /** The name of the question in its saga. */
  readonly id: OperationName;
  readonly what: string;
  /** Attributes of the event, if it was one. */
  readonly event?: {
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly time: string;
  };
  readonly by?: string;
  /** Of an answer of a person: since when that one had claimed the task. */
  readonly claimedAt?: Instant;
}

/** Something happened that a trigger of a definition waits for; whether it starts a saga is decided where this is folded. */
export interface TriggerHead {
  readonly definition: string;
  /** Name of the trigger. */
  readonly trigger: string;
  readonly source: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly at: Instant;
  readonly hops: number;
  /** The saga that caused it. */
  readonly cause?: SagaId;
  /** What it requires was asked for: the data is `{ data, facts }`, and a fact is null where none is fresh. */
  readonly isInformed?: true;
}

/** Which desk a message is for. */
export interface DeskHead {
  readonly desk: string;
  readonly key: string;
}

/** A record of a home partition, read and checked. `saga` is whom it is for: a saga, or the id of a desk. */
export type HomeRecord =
  | {
      readonly kind: 'start';
      readonly saga: SagaId;
      readonly head: StartHead;
      readonly input: Json;
      readonly trace: TraceHeaders;
    }
  | { readonly kind: 'reply'; readonly saga: SagaId; readonly reply: Reply }
  | { readonly kind: 'due'; readonly saga: SagaId }
  | { readonly kind: 'action'; readonly saga: SagaId; readonly head: ActionHead; readonly data: JsonObject }
  | { readonly kind: 'heard'; readonly saga: SagaId; readonly head: HeardHead; readonly data: Json }
  /** Somebody switched a toggle of the saga's definition. */
  | {
      readonly kind: 'switched';
      readonly saga: SagaId;
      readonly head: { readonly toggle: string; readonly on: boolean };
    }
  /** The saga was found to wait, under `id`, in a circle with others. */
  | {
      readonly kind: 'circle';
      readonly saga: SagaId;
      readonly head: { readonly circle: string; readonly id: OperationName };
      readonly data: Json;
    }
  | { readonly kind: 'desk'; readonly saga: DeskId; readonly head: DeskHead; readonly message: Json }
  /** `saga` is who says so: the saga or desk whose order it keeps to. */
  | { readonly kind: 'trigger'; readonly saga: SagaId; readonly head: TriggerHead; readonly data: Json }
  /** The broker refused a command of this saga for good; `operation` and `attempt` name it. */
  | {
      readonly kind: 'not-sent';
      readonly saga: SagaId;
      readonly operation: string;
      readonly attempt: number;
      readonly reason: string;
    };

/** The records only the coordinator may write. */
export type SignedRecord = Exclude<HomeRecord, { readonly kind: 'reply' }>;

/** Key, value and headers of a home record; topic and partition follow from the saga id. */
export interface HomeMessage {
  readonly key: string;
  readonly value: string | null;
  readonly headers: HeaderTexts;
}

/** Writes and signs a record that only the coordinator may write. */
export function writeHomeRecord(keyring: Keyring, record: SignedRecord): HomeMessage {
  const kind = `${record.kind}/1`;
  // A wake-up says nothing.
  const isSealed = record.kind !== 'due' && keyring.isSealing?.() === true;
  const place = `${kind} ${record.saga}`;
  const plainHead = JSON.stringify(headOf(record));
  const plain = valueOf(record);
  const head = isSealed ? sealHome(plainHead, keyring, `${place}.head`) : plainHead;
  const value = isSealed && plain !== null ? sealHome(plain, keyring, place) : plain;
  const trace = record.kind === 'start' ? record.trace : {};
  const key = keyring.keys[0]!;
  return {
    key: record.saga,
    value,
    headers: {
      [header.record]: kind,
      [header.head]: head,
      [header.signature]: `${key.id}.${signatureOf(key, kind, record.saga, head, value ?? '')}`,
      ...trace,
    },
  };
}

/**
 * Reads a record of a home partition: replies by their headers, everything else by its signature.
 *
 * @throws MalformedRecordError when it cannot be read, is not signed, or is signed by somebody else.
 */
export function readHomeRecord(keyring: Keyring, record: InboundRecord): HomeRecord {
  const kind = optionalHeader(record, header.record);
  if (kind === undefined) {
    const reply = readReply(record);
    return { kind: 'reply', saga: reply.saga, reply };
  }
  if (record.key === null) throw new MalformedRecordError('missing-key', 'the record has no key');
  const saga = record.key.toString('utf8');
  const headText = requiredHeader(record, header.head);
  assertSigned(keyring, kind, saga, headText, record);
  const place = `${kind} ${saga}`;
  const head = isSealedHome(headText) ? openHome(headText, keyring, `${place}.head`) : headText;
  return signedRecord(kind, saga, JSON.parse(head) as never, openedRecord(keyring, record, place));
}

/** The same record with its value in plain. */
function openedRecord(keyring: Keyring, record: InboundRecord, place: string): InboundRecord {
  // A JSON text never begins with this byte.
  if (record.value === null || record.value[0] !== firstOfSealed) return record;
  return { ...record, value: Buffer.from(openHome(record.value.toString('utf8'), keyring, place)) };
}

function signedRecord(kind: string, saga: SagaId, head: never, record: InboundRecord): SignedRecord {
  switch (kind) {
    case 'start/1':
      return { kind: 'start', saga, head, input: jsonValue(record), trace: traceOf(record) };
    case 'due/1':
      return { kind: 'due', saga };
    case 'action/1':
      return { kind: 'action', saga, head, data: jsonValue(record) as JsonObject };
    case 'heard/1':
      return { kind: 'heard', saga, head, data: jsonValue(record) };
    case 'switched/1':
      return { kind: 'switched', saga, head };
    case 'circle/1':
      return { kind: 'circle', saga, head, data: jsonValue(record) };
    case 'desk/1':
      return { kind: 'desk', saga, head, message: jsonValue(record) };
    case 'trigger/1':
      return { kind: 'trigger', saga, head, data: jsonValue(record) };
    case 'not-sent/1': {
      const { operation, attempt, reason } = head as { operation: string; attempt: number; reason: string };
      return { kind: 'not-sent', saga, operation, attempt, reason };
    }
    default:
      throw new MalformedRecordError(
        'unknown-record',
        `home records of kind "${kind}" are not known to this version`,
      );
  }
}

function headOf(record: SignedRecord): unknown {
  switch (record.kind) {
    case 'start':
    case 'action':
    case 'heard':
    case 'switched':
    case 'circle':
    case 'desk':
    case 'trigger':
      return record.head;
    case 'due':
      return {};
    case 'not-sent':
      return { operation: record.operation, attempt: record.attempt, reason: record.reason };
  }
}

function valueOf(record: SignedRecord): string | null {
  switch (record.kind) {
    case 'start':
      return JSON.stringify(record.input);
    case 'action':
    case 'heard':
    case 'circle':
    case 'trigger':
      return JSON.stringify(record.data);
    case 'desk':
      return JSON.stringify(record.message);
    case 'due':
    case 'switched':
    case 'not-sent':
      return null;
  }
}

function assertSigned(
  keyring: Keyring,
  kind: string,
  saga: string,
  head: string,
  record: InboundRecord,
): void {
  const text = optionalHeader(record, header.signature);
  if (text === undefined) throw new MalformedRecordError('not-signed', `a ${kind} record has to be signed`);
  const dot = text.indexOf('.');
  const key = keyring.keys.find((candidate) => candidate.id === text.slice(0, dot));
  const given = Buffer.from(text.slice(dot + 1));
  const wanted = key && Buffer.from(signatureOf(key, kind, saga, head, record.value ?? ''));
  if (wanted === undefined || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new MalformedRecordError('wrong-signature', `a ${kind} record was not signed by this installation`);
  }
}

function signatureOf(
  key: SigningKey,
  kind: string,
  saga: string,
  head: string,
  value: string | Buffer,
): string {
  return keyedHash(key).of(`${kind}\0${saga}\0${head}\0`, value);
}
