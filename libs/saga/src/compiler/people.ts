import type { Calendar } from '../beside/calendar.js';
import { readHolidays } from '../beside/holidays.js';
import { at, entriesOf, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { DAYS, daysOf, minutes } from './check-namespace.js';
import type { SchemaFiles } from './schema-files.js';

/** Whom tasks can be put to, and when they work. */
export interface People {
  /** The authority of each role; absent where the namespace names none, so that any name will do. */
  readonly roles?: ReadonlyMap<string, number>;
  readonly calendars: ReadonlyMap<string, Calendar>;
}

/** Reads roles and calendars of a namespace that was found to be in order, with the holidays its files name. */
export function readPeople(namespace: Cursor | undefined, files: SchemaFiles, log: ProblemLog): People {
  const roles = namespace === undefined ? undefined : at(namespace, 'roles');
  const calendars = entriesOf(namespace === undefined ? undefined : at(namespace, 'calendars'));
  return {
    ...(roles === undefined
      ? {}
      : {
          roles: new Map(
            entriesOf(roles).map(([name, role]) => [name, Number(at(role, 'authority')?.value)]),
          ),
        }),
    calendars: new Map(calendars.map(([name, calendar]) => [name, readCalendar(name, calendar, files, log)])),
  };
}

function readCalendar(name: string, calendar: Cursor, files: SchemaFiles, log: ProblemLog): Calendar {
  const hours = new Map<string, readonly (readonly [number, number])[]>();
  for (const [days, list] of entriesOf(at(calendar, 'open')))
    for (const day of daysOf(days)) hours.set(day, itemsOf(list).map(openingOf));
  return {
    name,
    zone: String(at(calendar, 'zone')!.value),
    open: DAYS.map((day) => hours.get(day) ?? []),
    closed: closedDays(at(calendar, 'closed'), files, log),
  };
}

function openingOf({ value }: Cursor): readonly [number, number] {
  const [from, to] = String(value).split('-').map(minutes);
  return [from ?? 0, to ?? 0];
}

function closedDays(closed: Cursor | undefined, files: SchemaFiles, log: ProblemLog): readonly string[] {
  const text = closed === undefined ? undefined : files.textAt(closed);
  if (closed === undefined || text === undefined) return [];
  const { days, problems } = readHolidays(text);
  for (const { line, message } of problems)
    log.error(closed, `Line ${line} of "${String(closed.value)}" cannot be read: ${message}.`);
  return days;
}
