import { ExpressionError } from './expression-error.js';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time inside an expression. */
export class Duration {
  constructor(readonly ms: number) {}
}

/** Reads `200ms`, `30s`, `1h30m`, `7d` as milliseconds, or returns `undefined` when it is none of these. */
export function durationMs(text: string): number | undefined {
  const match = /^-?(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    total += Number(count) * UNIT_MS[unit!]!;
  return text.startsWith('-') ? -total : total;
}

/** Reads the durations of JSON Schema (ISO 8601 without years and months) and those of the language. */
export function parseDuration(text: string): Duration {
  const ms = durationMs(text) ?? isoDurationMs(text);
  if (ms === undefined) throw new ExpressionError(`"${text}" is no duration; write 30s, 5m, 1h30m or 7d`);
  return new Duration(ms);
}

/** Reads an ISO 8601 duration without years and months, with or without a sign, or returns `undefined` when it is none. */
export function isoDurationMs(text: string): number | undefined {
  const match = /^-?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (match === null || /[TP]$/.test(text)) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const ms = (((weeks! * 7 + days!) * 24 + hours!) * 60 + minutes!) * 60_000 + seconds! * 1_000;
  return text.startsWith('-') ? -ms : ms;
}

/** Writes a duration as ISO 8601, which is what the JSON Schema format `duration` asks for. */
export function isoDuration(duration: Duration): string {
  const sign = duration.ms < 0 ? '-' : '';
  return `${sign}PT${Math.abs(duration.ms) / 1_000}S`;
}
