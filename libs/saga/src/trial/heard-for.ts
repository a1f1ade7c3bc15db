import { isMap } from '../document/cursor.js';
import type { AwaitEffect } from '../effect.js';
import type { HeardInput } from '../input.js';
import type { Instant } from '../json.js';
import type { Program } from '../program.js';
import type { HeardMove } from './move.js';

/** Fencing tokens begin here. */
const FIRST_TOKEN = 1;

/** Nobody has said anything fresh of a fact. */
export const NOTHING_KNOWN: HeardMove = heard('stale');

/** What comes to something that is waited for where the script says nothing: people and events keep silent. */
export function heardByItself({ channel }: AwaitEffect): HeardMove | undefined {
  switch (channel) {
    case 'saga':
      return heard('completed');
    case 'lock':
      return heard('granted');
    case 'fact':
      return NOTHING_KNOWN;
    case 'event':
    case 'task':
      return undefined;
  }
}

/** Whether nothing is asked for: whoever holds a lock says by the same effect where it stands. */
export function isSaidOnly({ channel, request }: AwaitEffect): boolean {
  return channel === 'lock' && isMap(request) && request['says'] !== undefined;
}

/** The events that an `await` asks for. */
export function eventsOf({ channel, request }: AwaitEffect): readonly string[] {
  if (channel !== 'event' || !isMap(request)) return [];
  const subscriptions = (request['subscriptions'] ?? []) as readonly { readonly event: string }[];
  return [...new Set(subscriptions.map(({ event }) => event))];
}

/** The fact that an `await` asks for, if it does. */
export function askedFact({ channel, request }: AwaitEffect): string | undefined {
  return channel === 'fact' ? (request as unknown as FactRequest).fact : undefined;
}

/** What comes, whenever it does. */
export type Saying = Omit<HeardMove, 'kind' | 'delayMs'>;

interface FactRequest {
  readonly fact: string;
  readonly freshMs?: number;
  readonly waitMs?: number;
}

/** The input that a move means. */
export function heardInput(
  effect: AwaitEffect,
  move: Saying,
  now: Instant,
  program: Pick<Program, 'facts'>,
): HeardInput {
  const { id, channel } = effect;
  const common = { kind: 'heard', id, now, what: move.what } as const;
  switch (channel) {
    case 'event':
      return {
        ...common,
        data: move.data,
        event: attributes(move.event ?? eventsOf(effect)[0]!, now, move.from),
      };
    case 'lock':
      return { ...common, data: move.what === 'granted' ? { token: FIRST_TOKEN } : move.data };
    case 'fact':
      return { ...common, ...factOf(effect.request as unknown as FactRequest, move, now, program) };
    case 'saga':
    // What people answer goes through their task.
    case 'task':
      return { ...common, data: move.data };
  }
}

function attributes(type: string, now: Instant, source = 'test'): NonNullable<HeardInput['event']> {
  return { id: `event-${now}`, source, type, time: new Date(now).toISOString() };
}

/** As long as somebody waits for a fact that is fresh. */
export function waitOf({ channel, request }: AwaitEffect): number {
  return channel === 'fact' ? ((request as unknown as FactRequest).waitMs ?? 0) : 0;
}

/** What is too old for whoever asks is not told as something known: the lag of its source counts. */
export function factOf(
  { fact, freshMs }: FactRequest,
  { what, data, ageMs = 0 }: Saying,
  now: Instant,
  { facts = [] }: Pick<Program, 'facts'>,
): Pick<HeardInput, 'what' | 'data'> {
  if (what === 'stale') return { what, data: {} };
  const lagMs = facts.find((one) => one.fact === fact)?.lagMs ?? 0;
  const isOld = freshMs !== undefined && ageMs + lagMs > freshMs;
  return { what: isOld ? 'stale' : what, data: { value: data, asOf: now - ageMs, lagMs } };
}

function heard(what: string): HeardMove {
  return { kind: 'heard', what, data: {}, delayMs: 0 };
}
