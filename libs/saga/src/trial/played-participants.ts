import { isMap } from '../document/cursor.js';
import type { OpenEffect } from '../effect.js';
import type { AnswerInput } from '../input.js';
import type { Instant, Json } from '../json.js';
import type { OperationName } from '../operation-name.js';
import type { CommandMove, SilentMove } from './move.js';

/** What a participant says. */
export type Reply = Pick<AnswerInput, 'outcome' | 'data'> &
  Partial<Pick<AnswerInput, 'error' | 'retryAfterMs'>>;

/** A reply, and when it arrives. */
export interface TimedReply {
  readonly at: Instant;
  readonly reply: Reply;
}

/** What a participant remembers of an operation. */
interface Memory {
  /** `claimed`: it was said to be done, and is not. */
  readonly state: 'running' | 'done' | 'claimed' | 'rejected' | 'failed' | 'undone';
  readonly attempt: number;
  readonly reply: Reply;
  readonly readyAt: Instant;
  /** It was done or begun, and nothing was heard of it yet. */
  readonly isUnheard?: boolean;
}

/**
 * Participants that keep their duties: they answer, remember operations, and never carry out what was undone. What they
 * do with a command that is new to them is said by the script.
 */
export interface PlayedParticipants {
  readonly memory: Map<OperationName, Memory>;
  /** How often commands took effect, by name. */
  readonly effects: Map<string, number>;
  /** Commands that undid something, in order. */
  readonly undone: string[];
}

/** What a participant needs to know of the message that it gets. */
export interface Delivery {
  readonly message: OpenEffect;
  readonly now: Instant;
  /** The same message once more, because somebody crashed after sending it. */
  readonly isEcho: boolean;
  /** The command has no effect. */
  readonly isQuery: boolean;
  /** It undoes something, whoever did that. */
  readonly isUndo: boolean;
  /** An answer as the contract describes it. */
  readonly example: () => Json;
  /** What the script says; asked only where the participant is free to choose. */
  readonly choose: () => CommandMove | SilentMove | undefined;
}

/** What comes of a delivery: replies, and perhaps work that ends later. */
export interface Delivered {
  readonly replies: readonly TimedReply[];
  readonly work?: { readonly at: Instant; readonly end: CommandMove | SilentMove };
}

const NOTHING: Delivered = { replies: [] };

export function playedParticipants(): PlayedParticipants {
  return { memory: new Map(), effects: new Map(), undone: [] };
}

/** Hands a message to its participant. */
export function deliver(participants: PlayedParticipants, delivery: Delivery): Delivered {
  const { message, isEcho, isQuery } = delivery;
  const known = participants.memory.get(message.operation);
  const isOpen = known === undefined || (known.state === 'failed' && known.attempt < message.attempt);
  if (isEcho && (isOpen || known.isUnheard === true)) return NOTHING;
  if (isQuery || message.direction === 'verify') return isEcho ? NOTHING : answered(participants, delivery);
  if (isOpen) return carryOut(participants, delivery, delivery.choose());
  return remembered(participants, delivery, known);
}

/** Ends what was accepted, unless it was undone meanwhile. */
export function completeWork(
  participants: PlayedParticipants,
  delivery: Delivery,
  end: CommandMove | SilentMove,
): Delivered {
  const known = participants.memory.get(delivery.message.operation);
  return known?.state === 'running' ? carryOut(participants, delivery, end) : NOTHING;
}

function carryOut(
  participants: PlayedParticipants,
  delivery: Delivery,
  move: CommandMove | SilentMove | undefined,
): Delivered {
  const { message, now } = delivery;
  if (move?.kind === 'silent') return NOTHING;
  const isNothing = message.compensates !== undefined && !isThere(participants, message.compensates);
  const reply =
    isNothing && move === undefined ? { outcome: 'succeeded' as const, data: {} } : replyOf(move, delivery);
  const delayMs =
    move === undefined || move.kind === 'unheard' || move.kind === 'accepted' ? 0 : move.delayMs;
  participants.memory.set(message.operation, {
    state: move?.kind === 'claimed' ? 'claimed' : stateAfter(reply),
    attempt: message.attempt,
    reply,
    readyAt: now + delayMs,
    ...(move?.kind === 'unheard' ? { isUnheard: true } : {}),
  });
  if (reply.outcome === 'succeeded' && move?.kind !== 'claimed') takeEffect(participants, delivery);
  const replies = move?.kind === 'unheard' ? [] : [{ at: now + delayMs, reply }];
  return move?.kind === 'accepted'
    ? { replies, work: { at: now + move.delayMs, end: move.end } }
    : { replies };
}

function remembered(
  participants: PlayedParticipants,
  { message, now, isEcho }: Delivery,
  known: Memory,
): Delivered {
  if (!isEcho && known.isUnheard === true)
    participants.memory.set(message.operation, { ...known, isUnheard: false });
  return { replies: [{ at: Math.max(now, known.readyAt), reply: known.reply }] };
}

/** A query, or a question about an operation: what is true is answered, unless the script says otherwise. */
function answered(participants: PlayedParticipants, delivery: Delivery): Delivered {
  const move = delivery.choose();
  if (move?.kind === 'silent' || move?.kind === 'unheard') return NOTHING;
  if (move === undefined && delivery.message.direction === 'verify')
    return { replies: [{ at: delivery.now, reply: truth(participants, delivery) }] };
  const reply = replyOf(move, delivery);
  const delayMs = move === undefined || move.kind === 'accepted' ? 0 : move.delayMs;
  const work = move?.kind === 'accepted' ? { work: { at: delivery.now + move.delayMs, end: move.end } } : {};
  if (move?.kind === 'accepted')
    participants.memory.set(delivery.message.operation, {
      state: 'running',
      attempt: delivery.message.attempt,
      reply,
      readyAt: delivery.now,
    });
  return { replies: [{ at: delivery.now + delayMs, reply }], ...work };
}

/** Before "not done" is said, it is made sure that it stays true. */
function truth({ memory }: PlayedParticipants, { message, now }: Delivery): Reply {
  const known = memory.get(message.verifies!);
  if (known?.state === 'done') return known.reply;
  if (known?.state === 'running') return { outcome: 'accepted', data: null };
  if (known === undefined || known.state === 'failed')
    memory.set(message.verifies!, {
      state: 'failed',
      attempt: Math.max(known?.attempt ?? 0, 1),
      reply: { outcome: 'failed', error: 'fenced', data: null },
      readyAt: now,
    });
  return { outcome: 'rejected', error: 'not-done', data: null };
}

function takeEffect(
  { memory, effects, undone }: PlayedParticipants,
  { message: { call, compensates }, isUndo }: Delivery,
): void {
  const known = compensates === undefined ? undefined : memory.get(compensates);
  if (compensates === undefined || known?.state === 'done' || known?.state === 'running') {
    effects.set(call, (effects.get(call) ?? 0) + 1);
    if (isUndo) undone.push(call);
  }
  if (compensates === undefined) return;
  memory.set(compensates, {
    state: 'undone',
    attempt: Number.MAX_SAFE_INTEGER,
    reply: { outcome: 'rejected', error: 'undone', data: null },
    readyAt: 0,
  });
}

function isThere({ memory }: PlayedParticipants, operation: OperationName): boolean {
  const state = memory.get(operation)?.state;
  return state === 'done' || state === 'running';
}

function replyOf(move: CommandMove | undefined, { example }: Delivery): Reply {
  switch (move?.kind) {
    case 'rejected':
      return { outcome: 'rejected', error: move.error, data: move.data };
    case 'failed':
      return move.isPermanent
        ? { outcome: 'failed', error: 'permanent', retryAfterMs: 'never', data: null }
        : { outcome: 'failed', error: 'unavailable', data: null };
    case 'accepted':
      return { outcome: 'accepted', data: null };
    case 'succeeded':
    case 'claimed':
      return { outcome: 'succeeded', data: overlaid(example(), move.fields) };
    case 'unheard':
    case undefined:
      return { outcome: 'succeeded', data: example() };
  }
}

function stateAfter({ outcome }: Reply): Memory['state'] {
  const states = { succeeded: 'done', rejected: 'rejected', failed: 'failed', accepted: 'running' } as const;
  return states[outcome];
}

function overlaid(example: Json, fields: Json): Json {
  if (fields === null) return example;
  return isMap(example) && isMap(fields) ? { ...example, ...fields } : fields;
}
