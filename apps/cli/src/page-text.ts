import type { Instant, Json } from '#libs/messaging';
import { durationText } from '#libs/orchestration';

/** A time as people read it, to the millisecond, in UTC. */
export function clockText(iso: string): string {
  return `${iso.slice(0, 10)} ${timeOfDayText(iso)}`;
}

/** The same without the day. */
export function timeOfDayText(iso: string): string {
  return `${iso.slice(11, 23)}Z`;
}

/** How long something took, both times as the API gives them. Clocks of two machines make nothing take less than no time. */
export function spanText(from: string, to: string): string {
  return durationText(Math.max(0, Date.parse(to) - Date.parse(from)));
}

/** How long ago something was. */
export function ageText(since: string, now: Instant): string {
  return durationText(Math.max(0, now - Date.parse(since)));
}

/** A value on one line, cut where it is longer than a page wants it. */
export function shortened(value: Json, longest: number): string {
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** Every line moved to the right. */
export function indented(text: string, by = 2): string {
  return text.replaceAll(/^/gm, ' '.repeat(by));
}

/** How many there are of something. */
export function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
