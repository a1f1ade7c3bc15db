import { DAY_MS, dayText } from './zone.js';

/** The days that an iCalendar file names, and what in it could not be read. */
export interface Holidays {
  /** `2026-12-25`, or `12-25` for every year. */
  readonly days: readonly string[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

interface Line {
  readonly no: number;
  readonly name: string;
  readonly value: string;
}

interface Event {
  readonly no: number;
  readonly start?: string;
  readonly end?: string;
  readonly rule?: Line;
  readonly isCancelled: boolean;
}

/** No calendar of holidays has one that is longer. */
const LONGEST_DAYS = 366;

/** Reads the events of an iCalendar file (RFC 5545) as days without work. The end of an event is the day behind it. */
export function readHolidays(text: string): Holidays {
  const days = new Set<string>();
  const problems: { line: number; message: string }[] = [];
  for (const event of eventsOf(text)) {
    if (event.isCancelled) continue;
    const found = daysOf(event);
    if (typeof found === 'string') problems.push({ line: event.rule?.no ?? event.no, message: found });
    else for (const day of found) days.add(day);
  }
  return { days: [...days].sort(), problems };
}

/** The days of an event, or why it has none. */
function daysOf({ start, end, rule }: Event): readonly string[] | string {
  const first = start === undefined ? undefined : dayOf(start);
  if (first === undefined) return 'an event needs a DTSTART such as DTSTART;VALUE=DATE:20261225';
  const behind = end === undefined ? undefined : dayOf(end);
  if (end !== undefined && behind === undefined) return `"${end}" is no date; write 20261226`;
  const count = behind === undefined ? 1 : Math.max(1, (behind - first) / DAY_MS);
  if (count > LONGEST_DAYS) return `an event of ${count} days is no holiday`;
  const isYearly = rule?.value === 'FREQ=YEARLY';
  if (rule !== undefined && !isYearly)
    return `of rules only FREQ=YEARLY is read, and this is ${rule.value}; write the days out`;
  const texts = Array.from({ length: count }, (_, index) => dayText(first + index * DAY_MS));
  return isYearly ? texts.map((day) => day.slice(5)) : texts;
}

function eventsOf(text: string): readonly Event[] {
  const events: Event[] = [];
  let event: Event | undefined;
  for (const line of linesOf(text)) {
    if (line.name === 'BEGIN' && line.value === 'VEVENT') event = { no: line.no, isCancelled: false };
    if (event === undefined) continue;
    if (line.name === 'DTSTART') event = { ...event, start: line.value };
    if (line.name === 'DTEND') event = { ...event, end: line.value };
    if (line.name === 'RRULE') event = { ...event, rule: line };
    if (line.name === 'STATUS') event = { ...event, isCancelled: line.value === 'CANCELLED' };
    if (line.name !== 'END' || line.value !== 'VEVENT') continue;
    events.push(event);
    event = undefined;
  }
  return events;
}

function linesOf(text: string): readonly Line[] {
  return unfolded(text).flatMap(({ no, text: content }) => {
    const match = /^([A-Za-z-]+)(?:;[^:]*)?:(.*)$/.exec(content);
    return match === null ? [] : [{ no, name: match[1]!.toUpperCase(), value: match[2]!.trim() }];
  });
}

/** A line that begins with a blank goes on with the one before. */
function unfolded(text: string): readonly { readonly no: number; readonly text: string }[] {
  const lines: { no: number; text: string }[] = [];
  text.split(/\r?\n/).forEach((content, index) => {
    const last = lines.at(-1);
    if (/^[ \t]/.test(content) && last !== undefined) last.text += content.slice(1);
    else lines.push({ no: index + 1, text: content });
  });
  return lines;
}

function dayOf(value: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?$/.exec(value);
  if (match === null) return undefined;
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return dayText(day) === `${match[1]}-${match[2]}-${match[3]}` ? day : undefined;
}
