import type { OpenEffect } from '../src/effect.js';
import type { AnswerInput } from '../src/input.js';
import type { OperationName } from '../src/operation-name.js';

/** What a participant says to one message; the rest of an answer follows from the message. */
export type Reply = Pick<AnswerInput, 'outcome'> &
  Partial<Pick<AnswerInput, 'error' | 'data' | 'retryAfterMs'>>;

/** What a participant would like to do with a command that it has not done before. */
export type Whim = 'succeed' | 'reject' | 'fail' | 'accept' | 'too-old';

/** What one participant remembers of an operation. */
export interface Memory {
  readonly state: 'running' | 'failed' | 'fenced' | 'done' | 'rejected' | 'undone';
  readonly attempt: number;
  readonly reply: Reply;
  readonly fencedBy?: string;
}

/**
 * Participants that keep the three duties: they answer, they remember operations, and they never carry out what was
 * undone. The ledger is what really happened.
 */
export interface Participants {
  readonly memory: Map<OperationName, Memory>;
  /** Operations that took effect, in order, and those of them that were undone. */
  readonly effects: Set<OperationName>;
  readonly undone: Set<OperationName>;
}

export function newParticipants(): Participants {
  return { memory: new Map(), effects: new Set(), undone: new Set() };
}

/** What took effect and was not undone. */
export function ledgerOf({ effects, undone }: Participants): ReadonlySet<OperationName> {
  return new Set([...effects].filter((operation) => !undone.has(operation)));
}

/** Hands a message to its participant. `whim` is asked only where the participant is free to choose. */
export function deliver(
  participants: Participants,
  message: OpenEffect,
  isQuery: boolean,
  whim: () => Whim,
): Reply {
  if (message.direction === 'verify') return answerQuestion(participants, message);
  if (isQuery) return query(whim());
  const known = participants.memory.get(message.operation);
  const isOpen =
    known === undefined ||
    ((known.state === 'failed' || known.state === 'fenced') && known.attempt < message.attempt);
  return isOpen ? carryOut(participants, message, whim()) : remembered(known);
}

/** Ends what was accepted, if it was not undone meanwhile; `undefined` when there is nothing to say. */
export function complete(participants: Participants, message: OpenEffect, whim: Whim): Reply | undefined {
  const known = participants.memory.get(message.operation);
  if (known?.state !== 'running') return undefined;
  return carryOut(participants, message, whim === 'accept' || whim === 'too-old' ? 'succeed' : whim);
}

function carryOut(participants: Participants, message: OpenEffect, whim: Whim): Reply {
  const { operation, attempt, compensates } = message;
  const undoes = compensates === undefined ? undefined : participants.memory.get(compensates)?.state;
  const isNothing = compensates !== undefined && undoes !== 'done' && undoes !== 'running';
  const reply = isNothing ? succeeded : replies[whim];
  // Too old: nothing is done and nothing is remembered.
  if (reply.error === 'too-old') return reply;
  participants.memory.set(operation, { state: stateAfter(reply), attempt, reply });
  if (reply.outcome === 'succeeded') takeEffect(participants, message);
  return reply;
}

function takeEffect({ memory, effects, undone }: Participants, { operation, compensates }: OpenEffect): void {
  if (compensates === undefined) {
    effects.add(operation);
    return;
  }
  if (memory.get(compensates)?.state === 'done') undone.add(compensates);
  memory.set(compensates, {
    state: 'undone',
    attempt: Number.MAX_SAFE_INTEGER,
    reply: { outcome: 'rejected', error: 'undone' },
  });
}

/** A fencing question: before "not done" is said, it is made sure that it stays true. */
function answerQuestion({ memory }: Participants, { operation, attempt, verifies }: OpenEffect): Reply {
  const known = memory.get(verifies!);
  if (known?.state === 'done') return known.reply;
  if (known?.state === 'running') return { outcome: 'accepted' };
  const by = `${operation}#${attempt}`;
  const isFence = known === undefined || known.state === 'failed' || known.state === 'fenced';
  if (isFence && known?.fencedBy !== by) {
    const fence: Memory = {
      state: 'fenced',
      attempt: (known?.attempt ?? 0) + 1,
      reply: { outcome: 'failed', error: 'fenced' },
      fencedBy: by,
    };
    memory.set(verifies!, fence);
  }
  return { outcome: 'rejected', error: 'not-done' };
}

function query(whim: Whim): Reply {
  return replies[whim === 'accept' ? 'succeed' : whim];
}

function remembered({ state, reply }: Memory): Reply {
  return state === 'running' ? { outcome: 'accepted' } : reply;
}

function stateAfter({ outcome }: Reply): Memory['state'] {
  switch (outcome) {
    case 'succeeded':
      return 'done';
    case 'rejected':
      return 'rejected';
    case 'failed':
      return 'failed';
    case 'accepted':
      return 'running';
  }
}

const succeeded: Reply = { outcome: 'succeeded', data: { ok: true } };

const replies: Readonly<Record<Whim, Reply>> = {
  succeed: succeeded,
  reject: { outcome: 'rejected', error: 'refused-a' },
  fail: { outcome: 'failed', error: 'broken' },
  accept: { outcome: 'accepted' },
  'too-old': { outcome: 'failed', error: 'too-old' },
};
