import type { Instant } from '../json.js';
import { DAY_MS, dayText, instantOf, localDay, wallClock, type LocalDay } from './zone.js';

/** When people work: plain data, so that a task keeps the calendar it was opened with. */
export type Calendar = {
  readonly name: string;
  /** IANA name: `Europe/Berlin`. */
  readonly zone: string;
  /** Seven lists, Monday first, of `[from, to]` in minutes of the wall clock; in order, without overlap. */
  readonly open: readonly (readonly (readonly [number, number])[])[];
  /** Days without work: `2026-12-25`, or `12-25` for every year. */
  readonly closed: readonly string[];
};

/** A length of time. `days` are working days where there is a calendar, and 24 hours where there is none. */
export type Span = { readonly days: number; readonly ms: number };

/** A calendar that is closed for longer than this is never open again. */
const FARTHEST_DAYS = 3_660;

interface Opening {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * The instant at which a span has passed, counting open time only.
 *
 * A working day leads to the same time of the next day with work, or to the nearest open time of it.
 */
export function after(span: Span, from: Instant, calendar: Calendar | undefined): Instant {
  if (calendar === undefined) return from + span.days * DAY_MS + span.ms;
  return afterOpenTime(span.ms, afterDays(span.days, from, calendar), calendar);
}

/** How much of the time between two instants is open. */
export function openTime(from: Instant, to: Instant, calendar: Calendar | undefined): number {
  if (calendar === undefined) return Math.max(0, to - from);
  let total = 0;
  const last = localDay(calendar.zone, to);
  for (let day = localDay(calendar.zone, from); day <= last; day += DAY_MS)
    for (const opening of openings(day, calendar))
      total += Math.max(0, Math.min(to, opening.to) - Math.max(from, opening.from));
  return total;
}

/** Is a calendar open at an instant? At the end of an opening it is closed. */
export function isOpenAt(instant: Instant, calendar: Calendar): boolean {
  return openTime(instant, instant + 1, calendar) > 0;
}

/** The instant at which so much open time has passed; the end of an opening counts as open. */
export function afterOpenTime(ms: number, from: Instant, calendar: Calendar | undefined): Instant {
  if (calendar === undefined) return from + ms;
  let left = ms;
  const first = localDay(calendar.zone, from);
  for (let day = first; day <= first + FARTHEST_DAYS * DAY_MS; day += DAY_MS) {
    for (const opening of openings(day, calendar)) {
      const start = Math.max(from, opening.from);
      if (start > opening.to || (start === opening.to && left > 0)) continue;
      if (left <= opening.to - start) return start + left;
      left -= opening.to - start;
    }
  }
  return first + FARTHEST_DAYS * DAY_MS;
}

function afterDays(days: number, from: Instant, calendar: Calendar): Instant {
  if (days === 0) return from;
  const start = afterOpenTime(0, from, calendar);
  let day = localDay(calendar.zone, start);
  const time = wallClock(calendar.zone, start) - day;
  const farthest = day + FARTHEST_DAYS * DAY_MS;
  for (let left = days; left > 0 && day < farthest;) {
    day += DAY_MS;
    if (hoursOf(day, calendar).length > 0) left--;
  }
  return nearestOpen(instantOf(calendar.zone, day + time), openings(day, calendar));
}

/** The instant itself where it is open, else the end of what was open before it, else the beginning of the day's work. */
function nearestOpen(instant: Instant, day: readonly Opening[]): Instant {
  let nearest = day[0]?.from ?? instant;
  for (const { from, to } of day) if (from <= instant) nearest = Math.min(instant, to);
  return nearest;
}

function openings(day: LocalDay, calendar: Calendar): readonly Opening[] {
  return hoursOf(day, calendar).map(([from, to]) => ({
    from: instantOf(calendar.zone, day + from * 60_000),
    to: instantOf(calendar.zone, day + to * 60_000),
  }));
}

function hoursOf(day: LocalDay, { open, closed }: Calendar): readonly (readonly [number, number])[] {
  const text = dayText(day);
  if (closed.includes(text) || closed.includes(text.slice(5))) return [];
  // 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
  return open[(((day / DAY_MS + 3) % 7) + 7) % 7]!;
}
