import type { Instant, SagaId } from '#libs/messaging';
import type { OutboxRow } from '../lane-store.js';
import { decodeOutgoing, type OutgoingBatch, type OutgoingMessage } from '../outgoing-message.js';
import { sentCommand, type SentCommand } from '../pauses/pauses.js';
import type { LimitedRow } from './limited-row.js';

/** The name of the limit that a command has to wait for, if there is one. */
export type FindLimit = (command: SentCommand) => string | undefined;

/** How far the commands of a saga go before others; 0 is not at all. */
export type FindPriority = (saga: SagaId) => number;

/** The messages of one commit: those that go into the outbox, and those that are kept one by one because they may have to wait. */
export interface SharedMessages {
  /** All of them in their order, the limited ones marked. */
  readonly all: readonly OutgoingMessage[];
  readonly outbox: readonly OutgoingMessage[];
  readonly limited: readonly LimitedRow[];
}

/** Tells limited commands from everything else. What a batch without any comes to is the messages as they were. */
export function shareMessages(
  messages: readonly OutgoingMessage[],
  { seq, at }: { readonly seq: number; readonly at: Instant },
  limitOf: FindLimit,
  priorityOf: FindPriority,
): SharedMessages {
  const limits = messages.map((message) => limitOfMessage(message, limitOf));
  if (limits.every((limit) => limit === undefined)) return { all: messages, outbox: messages, limited: [] };
  // The place is kept on both sides, so that whoever takes the lane over knows what stood before what.
  const all = messages.map((message, n) => {
    const limit = limits[n];
    if (limit === undefined) return { ...message, n };
    const priority = priorityOf(message.saga);
    return { ...message, n, limit, ...(priority !== 0 && { priority }) };
  });
  return {
    all,
    outbox: all.filter(({ limit }) => limit === undefined),
    limited: all.flatMap((message) => rowOf(message, seq, at)),
  };
}

function limitOfMessage(message: OutgoingMessage, limitOf: FindLimit): string | undefined {
  return message.command === undefined ? undefined : limitOf(sentCommand(message));
}

function rowOf(message: OutgoingMessage, seq: number, at: Instant): readonly LimitedRow[] {
  const { limit, n, saga, command } = message;
  if (limit === undefined || n === undefined || command === undefined) return [];
  return [{ seq, n, saga, ...command, limit, at, isGranted: false, payload: JSON.stringify(message) }];
}

/** What a lane has committed and not sent: the batches as they were, less what is done with. */
export function unsentBatches(
  rows: readonly OutboxRow[],
  limited: readonly LimitedRow[],
): readonly (OutgoingBatch & { readonly seq: number; readonly isInOutbox: boolean })[] {
  const waiting = new Map<number, LimitedRow[]>();
  for (const row of limited)
    if (row.payload !== undefined) waiting.set(row.seq, [...(waiting.get(row.seq) ?? []), row]);
  const batches = new Map(rows.map(({ seq, payload }) => [seq, decodeOutgoing(payload)]));
  const seqs = [...new Set([...batches.keys(), ...waiting.keys()])].sort((one, other) => one - other);
  return seqs.map((seq) => {
    const batch = batches.get(seq);
    const held = waiting.get(seq) ?? [];
    const messages = [...(batch?.messages ?? []), ...held.map(messageOf)];
    return {
      seq,
      at: batch?.at ?? held[0]!.at,
      isInOutbox: batch !== undefined,
      messages: held.length === 0 ? messages : messages.sort((one, other) => (one.n ?? 0) - (other.n ?? 0)),
    };
  });
}

function messageOf({ payload }: LimitedRow): OutgoingMessage {
  return JSON.parse(payload!) as OutgoingMessage;
}
