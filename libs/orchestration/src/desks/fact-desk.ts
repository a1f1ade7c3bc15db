import type { HeardHead, Instant, Json, SagaId } from '#libs/messaging';
import type { Desk, DeskPost, DeskTurn } from './desk.js';
import { factKind, type AwaitMessage, type ReleaseMessage } from './outside.js';

/** What an event says about a fact. */
export interface KnownFact {
  readonly value: Json;
  /** When it was true. */
  readonly asOf: Instant;
  /** How far its source may lie behind what is true, by its contract. */
  readonly lagMs: number;
  readonly event: NonNullable<HeardHead['event']>;
}

/** An event that a fact is known from, on its way to the desk of the fact and its key. */
export interface KnownMessage extends KnownFact {
  readonly kind: 'known';
  /** How old anybody accepts it at most; absent: somebody accepts any age. */
  readonly keepMs?: number;
}

/** What is known of a fact about one key, and who waits for something newer. */
export interface FactState {
  readonly known?: KnownFact;
  readonly keepMs?: number;
  readonly waiting: readonly WaitingFor[];
}

interface WaitingFor {
  readonly saga: SagaId;
  readonly id: string;
  readonly freshMs?: number;
  readonly until: Instant;
  readonly answerTo?: AwaitMessage['answerTo'];
}

type Asking = Pick<WaitingFor, 'saga' | 'id' | 'answerTo'>;

interface FactRequest {
  readonly freshMs?: number;
  readonly waitMs?: number;
}

/** For so long after it was of use to anybody it can be said how old it is. */
const lingerMs = 24 * 3_600_000;
const waitingMax = 5_000;

/**
 * Remembers what events said last about a key: one desk for each fact and key.
 *
 * Last is what has the latest `asOf`, in whatever order events come. A value is fresh enough as long as its age and the
 * lag of its source together do not exceed what whoever asks accepts; otherwise they are told when one comes that is,
 * or, after as long as they wait, that there is none.
 */
export const factDesk: Desk<FactState> = {
  kind: factKind,
  fold(state = { waiting: [] }, input, { now }) {
    const timely = giveUp(state, now);
    if (input.kind === 'due') return timely;
    const message = input.message as unknown as AwaitMessage | ReleaseMessage | KnownMessage;
    const turn = said(timely.state ?? { waiting: [] }, message, now);
    return { ...turn, posts: [...timely.posts, ...turn.posts] };
  },
};

function said(
  state: FactState,
  message: AwaitMessage | ReleaseMessage | KnownMessage,
  now: Instant,
): DeskTurn<FactState> {
  switch (message.kind) {
    case 'known':
      return learn(state, message, now);
    case 'await':
      return answer(state, message, now);
    case 'release':
      return closed({ ...state, waiting: state.waiting.filter((one) => !isSame(one, message)) }, []);
  }
}

function learn(state: FactState, message: KnownMessage, now: Instant): DeskTurn<FactState> {
  const { kind: _, keepMs, ...known } = message;
  if (state.known !== undefined && state.known.asOf > known.asOf) return closed(state, []);
  const [told, waiting] = parted(state.waiting, ({ freshMs }) => isFresh(known, freshMs, now));
  const next = { known, waiting, ...(keepMs === undefined ? {} : { keepMs }) };
  return closed(
    next,
    told.map((one) => factPost(one, known)),
  );
}

function answer(state: FactState, message: AwaitMessage, now: Instant): DeskTurn<FactState> {
  const { saga, id, since, answerTo } = message;
  const { freshMs, waitMs = 0 } = message.request as FactRequest;
  const { known, waiting } = state;
  const asking: WaitingFor = {
    saga,
    id,
    until: since + waitMs,
    ...(freshMs === undefined ? {} : { freshMs }),
    ...(answerTo === undefined ? {} : { answerTo }),
  };
  if (known !== undefined && isFresh(known, freshMs, now))
    return closed(state, [factPost(asking, known, true)]);
  if (asking.until <= now || waiting.length >= waitingMax)
    return closed(state, [stalePost(asking, known, now)]);
  return closed({ ...state, waiting: [...waiting.filter((one) => !isSame(one, asking)), asking] }, []);
}

/** Tells those who have waited as long as they want to. */
function giveUp(state: FactState, now: Instant): DeskTurn<FactState> {
  const [over, waiting] = parted(state.waiting, ({ until }) => until <= now);
  return closed(
    over.length === 0 ? state : { ...state, waiting },
    over.map((one) => stalePost(one, state.known, now)),
  );
}

function isFresh({ asOf, lagMs }: KnownFact, freshMs: number | undefined, now: Instant): boolean {
  return freshMs === undefined || now - asOf + lagMs <= freshMs;
}

/** `kept`: it was known already when it was asked for. */
function factPost(asking: Asking, known: KnownFact, isKept = false): DeskPost {
  const { event, ...data } = known;
  return answerPost(asking, 'fact', isKept ? { ...data, kept: true } : { ...data }, event);
}

/** Whoever decides without it sees what there is, and how old. */
function stalePost(asking: Asking, known: KnownFact | undefined, now: Instant): DeskPost {
  if (known === undefined) return answerPost(asking, 'stale', {});
  const { value, asOf, lagMs } = known;
  return answerPost(asking, 'stale', { value, asOf, lagMs, ageMs: now - asOf });
}

function answerPost(
  { saga, id, answerTo }: Asking,
  what: 'fact' | 'stale',
  data: Json,
  event?: KnownFact['event'],
): DeskPost {
  if (answerTo !== undefined)
    return { kind: 'desk', ...answerTo, message: { kind: 'heard', id, what, data } };
  return { kind: 'heard', saga, id, what, data, ...(event === undefined ? {} : { event }) };
}

function closed(state: FactState, posts: readonly DeskPost[]): DeskTurn<FactState> {
  const { known, keepMs, waiting } = state;
  if (waiting.length > 0) return { state, posts, wakeAt: Math.min(...waiting.map(({ until }) => until)) };
  if (known === undefined) return { state: undefined, posts };
  return { state, posts, expiresAt: keepMs === undefined ? undefined : known.asOf + keepMs + lingerMs };
}

function parted<T>(all: readonly T[], isMeant: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isMeant), all.filter((one) => !isMeant(one))];
}

type Name = Pick<WaitingFor, 'saga' | 'id'>;

function isSame(one: Name, other: Name): boolean {
  return one.saga === other.saga && one.id === other.id;
}
