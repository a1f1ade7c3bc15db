import { DAY_MS, instantOf, isZone, wallClock } from '../beside/zone.js';
import type { Instant } from '../json.js';

/** When something is due: the five fields of cron, by the clock of a zone. */
export interface Schedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Both days and weekdays are limited: one of them is enough, as everywhere with cron. */
  readonly either: boolean;
  readonly zone: string;
}

/** Why a text is no schedule. */
export class ScheduleProblem extends Error {
  override readonly name = 'ScheduleProblem';
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const WEEKDAYS = 'sun mon tue wed thu fri sat'.split(' ');

interface FieldRule {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MINUTE: FieldRule = { title: 'minute', from: 0, to: 59 };
const HOUR: FieldRule = { title: 'hour', from: 0, to: 23 };
const DAY: FieldRule = { title: 'day of the month', from: 1, to: 31 };
const MONTH: FieldRule = { title: 'month', from: 1, to: 12, names: MONTHS };
const WEEKDAY: FieldRule = { title: 'day of the week', from: 0, to: 7, names: WEEKDAYS };

/** Reads `30 5 * * mon-sat`: minute, hour, day of the month, month, day of the week. @throws ScheduleProblem */
export function readSchedule(text: string, zone = 'UTC'): Schedule {
  const fields = text.trim().toLowerCase().split(/\s+/);
  if (fields.length !== 5)
    throw new ScheduleProblem(
      `a schedule has five fields: minute, hour, day of the month, month, day of the week, such as 30 5 * * mon-sat; this has ${fields.length}`,
    );
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
  if (!isZone(zone))
    throw new ScheduleProblem(`there is no zone "${zone}"; write a name such as Europe/Berlin, or UTC`);
  const schedule = {
    minutes: numbers(minute, MINUTE),
    hours: numbers(hour, HOUR),
    days: new Set(numbers(day, DAY)),
    months: new Set(numbers(month, MONTH)),
    weekdays: new Set(numbers(weekday, WEEKDAY).map((number) => number % 7)),
    either: day !== '*' && weekday !== '*',
    zone,
  };
  if (nextScheduled(schedule, 0) === undefined)
    throw new ScheduleProblem(`no day is ever like that: ${text}`);
  return schedule;
}

function numbers(text: string, rule: FieldRule): readonly number[] {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/.exec(part);
    const step = Number(match?.[4] ?? 1);
    if (match === null || step === 0)
      throw new ScheduleProblem(`"${part}" is no ${rule.title}; write 5, 1-5, 1,3 or */15`);
    const [, any, first, last] = match;
    const from = any === undefined ? numberOf(first!, rule) : rule.from;
    const until = any !== undefined || (match[4] !== undefined && last === undefined) ? rule.to : from;
    const to = last === undefined ? until : numberOf(last, rule);
    if (to < from) throw new ScheduleProblem(`"${part}" goes backwards; write two ranges`);
    for (let number = from; number <= to; number += step) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

function numberOf(word: string, { title, from, to, names = [] }: FieldRule): number {
  const index = names.indexOf(word);
  const number = index >= 0 ? index + (from === 1 ? 1 : 0) : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (number >= from && number <= to) return number;
  const words = names.length === 0 ? '' : ` or ${names[0]} to ${names.at(-1)}`;
  throw new ScheduleProblem(`"${word}" is no ${title}: it is a number from ${from} to ${to}${words}`);
}

const minuteMs = 60_000;
// Every date there is comes round within 8 years: the 29th of February around a century without a leap year.
const daysAhead = 8 * 366 + 1;

/**
 * The first due instant after `after`.
 *
 * A time the clock jumps over is due when it would have been without the jump; one that comes twice is due once,
 * except where every hour is meant.
 */
export function nextScheduled(schedule: Schedule, after: Instant): Instant | undefined {
  return soon(schedule, after) ?? onSomeDay(schedule, after);
}

/** Where every hour is meant, real time counts and not the clock: an hour that comes twice has its minutes twice. */
function soon(schedule: Schedule, after: Instant): Instant | undefined {
  if (schedule.hours.length < 24) return undefined;
  const first = (Math.floor(after / minuteMs) + 1) * minuteMs;
  for (let instant = first; instant < first + 60 * minuteMs; instant += minuteMs) {
    if (!schedule.minutes.includes(new Date(instant).getUTCMinutes()) && isWholeHours(schedule, instant))
      continue;
    const local = wallClock(schedule.zone, instant);
    if (schedule.minutes.includes(new Date(local).getUTCMinutes()) && isDay(schedule, local)) return instant;
  }
  return undefined;
}

/** Most zones differ from UTC by whole hours, so that the minute can be told without asking the zone. */
function isWholeHours({ zone }: Schedule, instant: Instant): boolean {
  const hour = Math.floor(instant / 3_600_000) * 3_600_000;
  return wallClock(zone, hour) % 3_600_000 === 0;
}

function onSomeDay(schedule: Schedule, after: Instant): Instant | undefined {
  const today = Math.floor(wallClock(schedule.zone, after) / DAY_MS) * DAY_MS;
  // A clock that was set back across midnight has times of the day before still to come.
  for (let day = -1; day < daysAhead; day += 1) {
    const midnight = today + day * DAY_MS;
    if (!isDay(schedule, midnight)) continue;
    const last = midnight + schedule.hours.at(-1)! * 3_600_000 + schedule.minutes.at(-1)! * minuteMs;
    if (instantOf(schedule.zone, last) <= after) continue;
    for (const hour of schedule.hours)
      for (const minute of schedule.minutes) {
        const instant = instantOf(schedule.zone, midnight + hour * 3_600_000 + minute * minuteMs);
        if (instant > after) return instant;
      }
  }
  return undefined;
}

function isDay({ days, months, weekdays, either }: Schedule, local: number): boolean {
  const date = new Date(local);
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const isDayOfMonth = days.has(date.getUTCDate());
  const isWeekday = weekdays.has(date.getUTCDay());
  return either ? isDayOfMonth || isWeekday : isDayOfMonth && isWeekday;
}
