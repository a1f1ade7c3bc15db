import { durationMs } from '../expression/duration.js';

/** Stands between the bounds of a range: `5m to 7m`. */
const RANGE = ' to ';

/** The bounds of a range of times, as they are written; one where it is none. */
export function boundsOf(text: string): readonly string[] {
  return text.split(RANGE).map((bound) => bound.trim());
}

/**
 * Whether something that took so long took as long as it says: `21d` is any time of the 22nd day, as exact as it is
 * written; the bounds of `5m to 7m` belong to it, to the millisecond.
 */
export function isWithin(ms: number, text: string): boolean {
  const [least = 0, most] = boundsOf(text).map((bound) => durationMs(bound) ?? 0);
  if (most !== undefined) return ms >= least && ms <= most;
  const unit = /[a-z]+$/.exec(text)?.[0] ?? 'ms';
  return ms >= least && ms < least + (durationMs(`1${unit}`) ?? 1);
}

/** `3d4h`, `90ms`: the two largest units. */
export function durationText(ms: number): string {
  return unitsOf(ms).slice(0, 2).join('') || '0s';
}

/** `1h30m10s`: a duration in all its units. */
export function exactText(ms: number): string {
  return unitsOf(ms).join('') || '0s';
}

function unitsOf(ms: number): readonly string[] {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const;
  let rest = ms;
  return units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count}${unit}`];
  });
}
