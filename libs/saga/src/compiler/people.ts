import type { Calendar } from '../beside/calendar.js';
import { readHolidays } from '../beside/holidays.js';
import { at, entriesOf, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { DAYS, daysOf, minutes } from './check-namespace.js';
import type { Namespaces } from './namespaces.js';
import type { SchemaFiles } from './schema-files.js';
import { visibleTo } from './sharing.js';

/** Whom tasks can be put to, when they work, and how what they write is classed. */
export interface People {
  /** The authority of each role. */
  readonly roles: ReadonlyMap<string, number>;
  /** The namespace names no roles, so that any name will do. */
  readonly isOpen: boolean;
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** The class of free text of people; absent where it has none. */
  readonly notes?: string;
}

/** Finds whom a document can put tasks to: those of its namespace, and those that others export. */
export type PeopleOf = (document: SourceDocument) => People;

/** Reads roles and calendars of namespaces that were found to be in order, with the holidays their files name. */
export function readPeople(namespaces: Namespaces, files: SchemaFiles, log: ProblemLog): PeopleOf {
  const known = new Map(
    namespaces.all.map((each) => [each, peopleFor(each.document, namespaces, files, log)] as const),
  );
  return (document) => {
    const home = namespaces.of(document);
    return (home && known.get(home)) ?? peopleFor(document, namespaces, files, log);
  };
}

function peopleFor(
  document: SourceDocument,
  namespaces: Namespaces,
  files: SchemaFiles,
  log: ProblemLog,
): People {
  const home = namespaces.of(document);
  const notes = home === undefined ? undefined : textAt(home, 'notes');
  const calendars = [...visibleTo(document, 'calendars', namespaces)];
  const roles = [...visibleTo(document, 'roles', namespaces)].map(
    ([name, role]) => [name, Number(at(role, 'authority')?.value)] as const,
  );
  return {
    roles: new Map(roles),
    ...(notes === undefined ? {} : { notes }),
    isOpen: home === undefined || at(home, 'roles') === undefined,
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
