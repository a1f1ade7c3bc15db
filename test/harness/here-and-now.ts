import type { Instant, Json } from '#libs/messaging';

/** Where and when a tests document is played. */
export interface HereAndNow {
  /** How far the times in it are from now. */
  readonly shiftMs: number;
  /** What an id in it is called here. */
  readonly ids: ReadonlyMap<string, string>;
}

/** What a tests document says, as it is here: times are as long ago, or as far ahead, as they are there. */
export function hereAndNow(value: Json, here: HereAndNow): Json {
  if (typeof value === 'string') return here.ids.get(value) ?? shifted(value, here.shiftMs);
  if (Array.isArray(value)) return value.map((item) => hereAndNow(item, here));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, hereAndNow(field, here)]));
}

/** An instant as documents write it. */
export function instantText(at: Instant): string {
  return new Date(at).toISOString();
}

function shifted(text: string, shiftMs: number): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? instantText(Date.parse(text) + shiftMs) : text;
}
