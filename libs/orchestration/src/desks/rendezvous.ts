import { hash16, type Instant, type Json, type SagaId } from '#libs/messaging';
import type { IncidentRow } from '../lane-store.js';
import type { Desk, DeskPost, DeskTurn } from './desk.js';
import type { AwaitMessage, ReleaseMessage } from './outside.js';

/** An event on its way to those who wait for its type and key. */
export interface EventMessage {
  readonly kind: 'event';
  readonly event: EventAttributes;
  readonly data: Json;
  /** How long before they ask somebody may want to have it: the longest that any definition says. */
  readonly keepMs: number;
}

interface EventAttributes {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
}

/** Who waits for the events of a type and key, and which events came before they did. */
export interface RendezvousState {
  readonly waiting: readonly Waiting[];
  readonly kept: readonly KeptEvent[];
  /** Events that have come, so that a repeated one is recognised. */
  readonly known: readonly { readonly hash: string; readonly at: Instant }[];
  /** Who does not wait any more, so that a repeated question of theirs is recognised. */
  readonly left: readonly { readonly who: string; readonly at: Instant }[];
  /** Early events that there was no room for. */
  readonly dropped: number;
}

interface Waiting {
  readonly saga: SagaId;
  readonly id: string;
}

interface KeptEvent {
  readonly event: EventAttributes;
  readonly data: Json;
  readonly at: Instant;
  readonly until: Instant;
  readonly bytes: number;
}

/** Repeats of what was delivered long ago come from a gate that was away: a day covers its outages. */
const rememberMs = 24 * 3_600_000;
const rememberedMax = 200;
/** A question takes its way too: whatever came since it was asked is kept for it at least this long. */
const graceMs = 5 * 60_000;
const keptMax = 100;
const keptBytes = 200_000;
const waitingMax = 5_000;

const empty: RendezvousState = { waiting: [], kept: [], known: [], left: [], dropped: 0 };

/**
 * Where events and those who wait for them meet: one desk for each event type and key.
 *
 * Neither misses the other, whichever comes first: an event goes to everybody who waits, and stays for those who come
 * later and want events as early as that. Each event reaches each of them once per question, whatever is repeated.
 */
export const rendezvous: Desk<RendezvousState> = {
  kind: 'rendezvous',
  fold(before = empty, input, { now }) {
    const state = pruned(before, now);
    if (input.kind === 'due') return closed(state, []);
    const message = input.message as unknown as AwaitMessage | ReleaseMessage | EventMessage;
    switch (message.kind) {
      case 'await':
        return wait(state, message, now);
      case 'release':
        return closed(leave(state, message, now), []);
      case 'event':
        return deliver(state, message, now);
    }
  },
};

function wait(state: RendezvousState, message: AwaitMessage, now: Instant): DeskTurn<RendezvousState> {
  const { saga, id, since } = message;
  const who = nameOf(message);
  if (state.left.some((one) => one.who === who)) return closed(state, []);
  if (state.waiting.some((one) => nameOf(one) === who)) return closed(state, []);
  if (state.waiting.length >= waitingMax) return { ...closed(state, []), incidents: [crowded(message, now)] };
  const { earlyMs = 0 } = message.request as { readonly earlyMs?: number };
  const early = state.kept.filter(({ at }) => at >= since - earlyMs);
  const posts = early.map((kept) => heard({ saga, id }, kept));
  return closed({ ...state, waiting: [...state.waiting, { saga, id }] }, posts);
}

function leave(state: RendezvousState, message: ReleaseMessage, now: Instant): RendezvousState {
  const who = nameOf(message);
  const left = [...state.left.filter((one) => one.who !== who), { who, at: now }];
  return {
    ...state,
    waiting: state.waiting.filter((one) => nameOf(one) !== who),
    left: left.slice(-rememberedMax),
  };
}

function deliver(state: RendezvousState, message: EventMessage, now: Instant): DeskTurn<RendezvousState> {
  const hash = hash16(message.event.source, message.event.id).toString('base64url');
  if (state.known.some((one) => one.hash === hash)) return closed(state, []);
  const posts = state.waiting.map((one) => heard(one, message));
  const known = [...state.known, { hash, at: now }].slice(-rememberedMax);
  return closed(keep({ ...state, known }, message, now), posts);
}

function keep(state: RendezvousState, message: EventMessage, now: Instant): RendezvousState {
  const { event, data, keepMs } = message;
  const bytes = Buffer.byteLength(JSON.stringify(data));
  const kept = [...state.kept, { event, data, at: now, until: now + Math.max(keepMs, graceMs), bytes }];
  let size = kept.reduce((sum, one) => sum + one.bytes, 0);
  let first = 0;
  for (; kept.length - first > keptMax || size > keptBytes; first += 1) size -= kept[first]!.bytes;
  return { ...state, kept: kept.slice(first), dropped: state.dropped + first };
}

function pruned(state: RendezvousState, now: Instant): RendezvousState {
  const isYoung = ({ at }: { readonly at: Instant }): boolean => at + rememberMs > now;
  return {
    ...state,
    kept: state.kept.filter(({ until }) => until > now),
    known: state.known.filter(isYoung),
    left: state.left.filter(isYoung),
  };
}

/** Without anybody who waits the desk vanishes when all that it remembers has grown too old to matter. */
function closed(state: RendezvousState, posts: readonly DeskPost[]): DeskTurn<RendezvousState> {
  const { waiting, kept, known, left } = state;
  if (waiting.length > 0) return { state, posts };
  const ends = [...kept.map(({ until }) => until), ...[...known, ...left].map(({ at }) => at + rememberMs)];
  return ends.length === 0 ? { state: undefined, posts } : { state, posts, expiresAt: Math.max(...ends) };
}

function heard({ saga, id }: Waiting, { event, data }: Pick<EventMessage, 'event' | 'data'>): DeskPost {
  return { kind: 'heard', saga, id, what: 'event', data, event };
}

function nameOf({ saga, id }: Waiting): string {
  return `${saga} ${id}`;
}

function crowded({ saga, id, block }: AwaitMessage, at: Instant): IncidentRow {
  const message = `${waitingMax} sagas wait for the same event and key already; ${id} does not hear of it`;
  return { saga, id: `crowded:${id}`, open: true, block, code: 'TOO_MANY_WAITING', message, at };
}
