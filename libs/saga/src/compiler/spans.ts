import type { Span } from '../beside/calendar.js';
import type { Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';

/** Reads a duration for people: beside a calendar its days are working days. */
export function spanOf(cursor: Cursor, hasCalendar: boolean, log: ProblemLog): Span {
  const text = String(cursor.value);
  const total = durationMs(text) ?? 0;
  if (!hasCalendar) return { days: 0, ms: total };
  let days = 0;
  for (const [, count] of text.matchAll(/(\d+(?:\.\d+)?)d/g)) days += Number(count);
  if (!Number.isInteger(days))
    log.error(
      cursor,
      `Beside a calendar a day is a working day, and there is no part of one. Write hours in place of ${text}.`,
    );
  return { days, ms: total - days * 86_400_000 };
}
