import type { Instant, Json } from '#libs/messaging';
import type { Desk, DeskMoment, DeskPost, DeskTurn } from './desk.js';
import { foundBy, inVain, withReading } from './fact-reading.js';
import type { FactReading, FactRequest, FactState, KnownFact, WaitingFor } from './fact-state.js';
import { hearsayTag, hearsayUntil, withHearsay, withoutOldHearsay, type HearsayMessage } from './hearsay.js';
import type { InformedMessage } from './informing-sagas.js';
import { factKind, factOfKey, type AwaitMessage, type ReleaseMessage } from './outside.js';

/** An event that a fact is known from, on its way to the desk of the fact and its key. */
export interface KnownMessage extends KnownFact {
  readonly kind: 'known';
  readonly event: NonNullable<KnownFact['event']>;
  /** How old anybody accepts it at most; absent: somebody accepts any age. */
  readonly keepMs?: number;
}

type FactMessage = AwaitMessage | ReleaseMessage | KnownMessage | HearsayMessage | InformedMessage;

type Turn = Pick<DeskTurn<FactState>, 'posts'> & { readonly state: FactState };

/** For so long after it was of use to anybody it can be said how old it is. */
const lingerMs = 24 * 3_600_000;
const waitingMax = 5_000;

/**
 * Remembers what is known about a key: one desk for each fact and key.
 *
 * What counts is what has the latest `asOf`, in whatever order events come. A value is fresh enough as long as its age
 * and the lag of its source together do not exceed what whoever asks accepts; otherwise they are told when one comes
 * that is, or, after as long as they wait, that there is none. A fact that a saga can read is read for the first of
 * those who ask in vain, and for all who ask meanwhile; who is not helped by it is told at once that there is none.
 * Where the fact has a declared source, what others say of it is recorded, whenever it comes, and told to nobody who asks.
 */
export const factDesk: Desk<FactState> = {
  kind: factKind,
  fold(state = { waiting: [] }, input, moment) {
    const timely = giveUp(state, moment.now);
    const said =
      input.kind === 'due'
        ? timely
        : then(timely, listen(timely.state, input.message as unknown as FactMessage, moment));
    const asking = said.state.waiting.find(({ reader }) => reader !== undefined);
    const turn = closed(asking === undefined ? said : then(said, withReading(said.state, asking, moment)));
    const isNew = said.state.hearsay !== undefined && said.state.hearsay.count > (state.hearsay?.count ?? 0);
    return isNew ? { ...turn, hearsay: factOfKey(moment.key).fact } : turn;
  },
};

function then({ posts }: Turn, next: Turn): Turn {
  return next.posts.length === 0 ? { ...next, posts } : { ...next, posts: [...posts, ...next.posts] };
}

function listen(state: FactState, message: FactMessage, moment: DeskMoment): Turn {
  switch (message.kind) {
    case 'known': {
      const { kind: _, keepMs, ...known } = message;
      return learn(withoutOldHearsay(state, moment.now), known, keepMs, moment.now);
    }
    case 'hearsay':
      return silent(withHearsay(state, message, moment.now));
    case 'informed':
      return hearReading(state, message, moment.now);
    case 'await':
      return answer(state, message, moment);
    case 'release':
      return silent({ ...state, waiting: state.waiting.filter((one) => !isSame(one, message)) });
  }
}

function learn(state: FactState, known: KnownFact, keepMs: number | undefined, now: Instant): Turn {
  if (state.known !== undefined && state.known.asOf > known.asOf) return silent(state);
  const [told, waiting] = parted(state.waiting, ({ freshMs }) => isFresh(known, freshMs, now));
  const { keepMs: _, ...kept } = state;
  return {
    state: { ...kept, known, waiting, ...(keepMs === undefined ? {} : { keepMs }) },
    posts: told.map((one) => factPost(one, known)),
  };
}

/** Whoever waited for a reading has been helped by it, or is told that nothing is known well enough. */
function hearReading(state: FactState, message: InformedMessage, now: Instant): Turn {
  const { reading, ...over } = state;
  const found = reading && foundBy(reading, message, now);
  if (reading === undefined || found === undefined) return silent(state);
  if (typeof found === 'string') return disappoint(over, inVain(reading, found, now), now);
  const learnt = learn(over, found, keptFor(state, reading), now);
  const isOfUse = learnt.state.waiting.every(({ reader }) => reader === undefined);
  if (isOfUse) return learnt;
  return then(learnt, disappoint(learnt.state, inVain(reading, 'what was read is too old', now), now));
}

function disappoint(state: FactState, reading: FactReading, now: Instant): Turn {
  const [told, waiting] = parted(state.waiting, ({ reader }) => reader !== undefined);
  return {
    state: { ...state, waiting, reading },
    posts: told.map((one) => stalePost(one, state.known, now)),
  };
}

/** What was read is of use as long as what events say, and to those it was read for. */
function keptFor({ known, keepMs }: FactState, { freshMs }: FactReading): number | undefined {
  if (known === undefined) return freshMs;
  return keepMs === undefined || freshMs === undefined ? undefined : Math.max(keepMs, freshMs);
}

function answer(state: FactState, message: AwaitMessage, moment: DeskMoment): Turn {
  const { now } = moment;
  const { known, waiting } = state;
  const asking = askingBy(message);
  if (known !== undefined && isFresh(known, asking.freshMs, now))
    return { state, posts: [factPost(asking, known, true)] };
  if (asking.until <= now || waiting.length >= waitingMax)
    return then(
      { state, posts: [stalePost(asking, known, now)] },
      // Whoever asks next may be glad of it.
      withReading(state, asking, moment),
    );
  return silent({ ...state, waiting: [...waiting.filter((one) => !isSame(one, asking)), asking] });
}

function askingBy({ saga, id, since, answerTo, request }: AwaitMessage): WaitingFor {
  const { key, freshMs, waitMs = 0, readBy } = request as unknown as FactRequest;
  return {
    saga,
    id,
    until: since + waitMs,
    ...(freshMs === undefined ? {} : { freshMs }),
    ...(answerTo === undefined ? {} : { answerTo }),
    ...(readBy === undefined ? {} : { reader: { ...readBy, key } }),
  };
}

/** Tells those who have waited as long as they want to. */
function giveUp(state: FactState, now: Instant): Turn {
  const [over, waiting] = parted(state.waiting, ({ until }) => until <= now);
  if (over.length === 0) return silent(state);
  return { state: { ...state, waiting }, posts: over.map((one) => stalePost(one, state.known, now)) };
}

function isFresh({ asOf, lagMs }: KnownFact, freshMs: number | undefined, now: Instant): boolean {
  return freshMs === undefined || now - asOf + lagMs <= freshMs;
}

type Asking = Pick<WaitingFor, 'saga' | 'id' | 'answerTo'>;

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

function silent(state: FactState): Turn {
  return { state, posts: [] };
}

function closed({ state, posts }: Turn): DeskTurn<FactState> {
  const { known, waiting, reading, hearsay } = state;
  const tags = hearsay === undefined ? {} : { tags: [hearsayTag] };
  if (waiting.length > 0) return { state, posts, wakeAt: nextTime(state), ...tags };
  if (known === undefined && reading === undefined && hearsay === undefined)
    return { state: undefined, posts };
  return { state, posts, expiresAt: worthlessFrom(state), ...tags };
}

function worthlessFrom({ known, keepMs, reading, hearsay }: FactState): Instant | undefined {
  if (known !== undefined && keepMs === undefined) return undefined;
  return Math.max(
    known === undefined ? 0 : known.asOf + (keepMs ?? 0) + lingerMs,
    reading?.until ?? 0,
    hearsay === undefined ? 0 : hearsayUntil(hearsay),
  );
}

/** When somebody has waited long enough, or may be read for again. */
function nextTime({ waiting, reading }: FactState): Instant {
  const first = Math.min(...waiting.map(({ until }) => until));
  const mayBeRead = reading !== undefined && waiting.some(({ reader }) => reader !== undefined);
  return mayBeRead ? Math.min(first, reading.until) : first;
}

function parted<T>(all: readonly T[], isMeant: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isMeant), all.filter((one) => !isMeant(one))];
}

type Name = Pick<WaitingFor, 'saga' | 'id'>;

function isSame(one: Name, other: Name): boolean {
  return one.saga === other.saga && one.id === other.id;
}
