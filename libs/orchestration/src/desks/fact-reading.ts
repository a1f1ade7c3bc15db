import type { Instant } from '#libs/messaging';
import type { DeskMoment, DeskPost } from './desk.js';
import type { FactReading, FactState, KnownFact, WaitingFor } from './fact-state.js';
import type { InformedMessage } from './informing-sagas.js';
import { factKind } from './outside.js';

/** A reading that has not ended by then is not counted on any more. */
const underWayMs = 5 * 60_000;
/** A source that could not help is left alone for so long. */
const pauseMs = 10_000;
/** What was read may be this much ahead; beyond it the clock of its source is wrong. */
const aheadMs = 5 * 60_000;

/** The same, where somebody asks in vain, with a reading begun unless one is under way. */
export function withReading(
  state: FactState,
  { reader, freshMs }: WaitingFor,
  { key, now }: DeskMoment,
): { readonly state: FactState; readonly posts: readonly DeskPost[] } {
  if (reader === undefined || isHeld(state.reading, now)) return { state, posts: [] };
  const { definition, lagMs, key: about } = reader;
  const id = nextId(state.reading, now);
  const reading: FactReading = {
    id,
    definition,
    lagMs,
    until: now + underWayMs,
    ...(freshMs === undefined ? {} : { freshMs }),
  };
  const informs = { desk: factKind, key, id };
  const run: DeskPost = { kind: 'run', definition, input: { key: about }, informs, at: now };
  return { state: { ...state, reading }, posts: [run] };
}

/** Whether no reading may be begun now. */
export function isHeld(reading: FactReading | undefined, now: Instant): boolean {
  return reading !== undefined && reading.until > now;
}

/** What the reading that is under way has found out; a text says why it is of no use. */
export function foundBy(
  { id, lagMs, trouble }: FactReading,
  { id: from, saga, known, reason = 'nothing was found out' }: InformedMessage,
  now: Instant,
): KnownFact | string | undefined {
  if (id !== from || trouble !== undefined) return undefined;
  if (known === undefined) return reason;
  const { value, asOf } = known;
  if (asOf > now + aheadMs)
    return `it is said to be of ${new Date(asOf).toISOString()}, which is still to come`;
  return { value, asOf, lagMs, ...(saga === undefined ? {} : { readBy: saga }) };
}

/** Nobody was helped by it, so the source is left alone for a while. */
export function inVain(reading: FactReading, trouble: string, now: Instant): FactReading {
  return { ...reading, trouble, until: now + pauseMs };
}

/** Times go up, but what was begun at the same one needs a name of its own. */
function nextId(last: FactReading | undefined, now: Instant): string {
  return String(last === undefined ? now : Math.max(now, Number(last.id) + 1));
}
