import { durationMs, isoDurationMs } from '../expression/duration.js';
import type { Json } from '../json.js';

const UNITS: readonly (readonly [words: RegExp, unit: string, times: number])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/i, 'ms', 1],
  [/^(s|secs?|seconds?)$/i, 's', 1],
  [/^(m|mins?|minutes?)$/i, 'm', 1],
  [/^(h|hrs?|hours?)$/i, 'h', 1],
  [/^(d|days?)$/i, 'd', 1],
  [/^(w|wks?|weeks?)$/i, 'd', 7],
];

/** The longest that anything may take: a hundred years. */
export const LONGEST_MS = 36_500 * 86_400_000;

/** A duration in the words of other notations, as it is written here; `undefined` where nobody can say. */
export function repairedDuration(value: Json): string | undefined {
  if (typeof value === 'number') return value > 0 ? withUnit(value) : undefined;
  if (typeof value !== 'string') return undefined;
  if ((durationMs(value) ?? 0) > LONGEST_MS) return `36500d at most`;
  const iso = isoDurationMs(value);
  if (iso !== undefined && iso > 0) return written(iso);
  const [, count, word = ''] = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(value) ?? [];
  const known = UNITS.find(([words]) => words.test(word));
  const isSomething = Number(count ?? 0) > 0;
  if (isSomething && known !== undefined) return `${Number(count) * known[2]}${known[1]}`;
  return /^\d+(\.\d+)?$/.test(value) && Number(value) > 0 ? withUnit(value) : undefined;
}

/** `yes`, `on` and quoted words, as they are written here. */
export function repairedFlag(value: Json): string | undefined {
  const word = String(value).toLowerCase();
  if (['yes', 'on', 'true', '1', 'y'].includes(word)) return 'true, without quotes';
  return ['no', 'off', 'false', '0', 'n'].includes(word) ? 'false, without quotes' : undefined;
}

function withUnit(count: number | string): string {
  return `its unit, too: ${count}s or ${count}ms`;
}

function written(ms: number): string {
  const fitting = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1_000, 's'],
  ] as const;
  const [size, unit] = fitting.find(([each]) => ms % each === 0) ?? [1, 'ms'];
  return `${ms / size}${unit}`;
}
