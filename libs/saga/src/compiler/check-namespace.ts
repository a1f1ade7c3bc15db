import { at, entriesOf, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';

/** The days of a week as calendars name them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Complains about calendars of a namespace that no day can be looked up in. */
export function checkNamespace(namespace: Cursor, log: ProblemLog): void {
  for (const [, calendar] of entriesOf(at(namespace, 'calendars'))) {
    checkZone(at(calendar, 'zone')!, log);
    checkOpen(at(calendar, 'open')!, log);
  }
}

function checkZone(zone: Cursor, log: ProblemLog): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(zone.value) });
  } catch {
    log.error(zone, `There is no time zone "${String(zone.value)}". Write one such as Europe/Berlin or UTC.`);
  }
}

function checkOpen(open: Cursor, log: ProblemLog): void {
  const seen = new Map<string, string>();
  if (entriesOf(open).every(([, hours]) => itemsOf(hours).length === 0))
    log.error(open, 'This calendar is never open. Give at least one day its hours.');
  for (const [days, hours] of entriesOf(open)) {
    for (const day of daysOf(days)) {
      if (seen.has(day))
        log.errorAtKey(hours, `"${day}" stands in "${seen.get(day)}" already. Say its hours once.`);
      seen.set(day, days);
    }
    checkHours(hours, log);
  }
}

function checkHours(hours: Cursor, log: ProblemLog): void {
  let last = -1;
  for (const each of itemsOf(hours)) {
    const [from, to] = String(each.value).split('-').map(minutes);
    if (from === undefined || to === undefined || from >= to || to > 1_440)
      log.error(each, 'hours begin before they end, between 00:00 and 24:00, such as 09:00-17:00.');
    else if (from < last) log.error(each, 'hours of a day stand in order and do not overlap.');
    last = Math.max(last, to ?? 0);
  }
}

/** The days of `mon-fri`, or of `mon`. */
export function daysOf(text: string): readonly string[] {
  const [from, to = from] = text.split('-');
  const [first, last] = [DAYS.indexOf(from!), DAYS.indexOf(to!)];
  return first <= last ? DAYS.slice(first, last + 1) : [...DAYS.slice(first), ...DAYS.slice(0, last + 1)];
}

/** `09:30` in minutes since midnight. */
export function minutes(text: string): number | undefined {
  const [hours, rest] = text.split(':').map(Number);
  return rest! > 59 ? undefined : hours! * 60 + rest!;
}
