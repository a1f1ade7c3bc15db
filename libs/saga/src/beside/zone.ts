import type { Instant } from '../json.js';

/** A day on a wall calendar, as milliseconds of its midnight in UTC; only ever compared and counted. */
export type LocalDay = number;

/** Length of a day without a change of clocks. */
export const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Is it a time zone such as `Europe/Berlin`? */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The wall clock of a zone at an instant, written as if it were UTC. */
export function wallClock(zone: string, instant: Instant): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts;
  const millisecond = ((instant % 1_000) + 1_000) % 1_000;
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!, millisecond);
}

/** The day an instant falls on in a zone. */
export function localDay(zone: string, instant: Instant): LocalDay {
  return Math.floor(wallClock(zone, instant) / DAY_MS) * DAY_MS;
}

/**
 * The instant at which the clocks of a zone show a time. What they show twice means the first time; what they never
 * show, because they are put forward, means as long after the change as it would have been.
 */
export function instantOf(zone: string, wall: number): Instant {
  const before = wall - offsetAt(zone, wall - DAY_MS);
  if (wallClock(zone, before) === wall) return before;
  const after = wall - offsetAt(zone, wall + DAY_MS);
  return wallClock(zone, after) === wall ? after : before;
}

/** `2026-12-25`. */
export function dayText(day: LocalDay): string {
  return new Date(day).toISOString().slice(0, 10);
}

function offsetAt(zone: string, instant: Instant): number {
  return wallClock(zone, instant) - instant;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
