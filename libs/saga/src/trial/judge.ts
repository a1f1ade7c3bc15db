import { isMap } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import type { Json } from '../json.js';
import type { Play } from './play.js';
import type { Claim, SourcePlace } from './test-suite.js';

/** A claim that does not hold. */
export interface Mismatch {
  readonly key: string;
  readonly expected: Json;
  readonly actual: Json;
  readonly place: SourcePlace;
}

/** Compares what happened with what had to; empty when everything holds. `sameAs` is looked at elsewhere. */
export function judge(play: Play, claims: readonly Claim[]): readonly Mismatch[] {
  return claims.flatMap(({ key, expected, place }) => {
    const actual = deviation(key, expected, play);
    return actual === undefined ? [] : [{ key, expected, actual, place }];
  });
}

/** What was there instead of what was expected; `undefined` when the claim holds. */
function deviation(key: string, expected: Json, play: Play): Json | undefined {
  switch (key) {
    case 'outcome':
    case 'result':
    case 'failure':
      return unless(play[key] === expected, play[key] ?? null);
    case 'after':
      return unless(isDuration(play.lastedMs, String(expected)), durationText(play.lastedMs));
    case 'sent':
      return inOrder(
        words(expected),
        play.sent.map(({ call }) => call),
      );
    case 'told':
      return orNone(
        words(expected),
        play.told.map(({ event }) => event),
      );
    case 'undone':
      return orNone(words(expected), play.undone);
    case 'never':
      return found(words(expected), [
        ...play.sent.map(({ call }) => call),
        ...play.told.map(({ event }) => event),
      ]);
    case 'paths':
      return unless(
        words(expected).length === 0
          ? play.paths.length === 0
          : words(expected).every((path) => play.paths.includes(path)),
        play.paths,
      );
    case 'gates':
      return unless(
        words(expected).every((gate) => play.gates.includes(gate)),
        play.gates,
      );
    case 'incident':
      return unless(
        play.incidents.some(({ block }) => block === expected),
        play.incidents.map(({ block }) => block),
      );
    case 'effects':
      return differing(expected, (call) => play.effects[call] ?? 0);
    case 'data':
      return differing(expected, (name) => lastData(play, name));
    case 'tasks':
      return differing(expected, (block) => play.tasks[block]);
    case 'waits':
      return differing(withExactTimes(expected), (block) => play.waits[block]);
    case 'hearsay':
      return differing(expected, (fact) => play.hearsay[fact] ?? []);
    case 'known':
      return unless(contains(play.known ?? null, expected), play.known ?? null);
    case 'outputs':
      return differing(expected, (block) => play.steps[block]?.output);
    case 'missing':
      return differing(expected, (block) => play.steps[block]?.missing);
    default:
      return undefined;
  }
}

/** Whether `part` is in `whole`: fields of maps may be more, everything else is equal. */
export function contains(whole: Json | undefined, part: Json): boolean {
  if (isMap(part))
    return isMap(whole) && Object.entries(part).every(([key, value]) => contains(whole[key], value));
  if (Array.isArray(part))
    return (
      Array.isArray(whole) &&
      whole.length === part.length &&
      part.every((value, index) => contains(whole[index], value))
    );
  return whole === part;
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

/** Claims about how long is waited: `90s` and `1m30s` are the same. */
function withExactTimes(expected: Json): Json {
  if (!isMap(expected)) return expected;
  const exact = Object.entries(expected).map(([key, part]) => {
    const ms = key === 'after' || key === 'accepted' ? durationMs(String(part)) : undefined;
    return [key, ms === undefined ? withExactTimes(part) : exactText(ms)] as const;
  });
  return Object.fromEntries(exact);
}

/** `21d` is any time of the 22nd day: a duration is meant as exactly as it is written. */
function isDuration(ms: number, text: string): boolean {
  const least = durationMs(text) ?? 0;
  const unit = /[a-z]+$/.exec(text)?.[0] ?? 'ms';
  return ms >= least && ms < least + (durationMs(`1${unit}`) ?? 1);
}

function inOrder(expected: readonly string[], actual: readonly string[]): Json | undefined {
  let at = 0;
  for (const word of actual) if (word === expected[at]) at += 1;
  return at === expected.length ? undefined : actual;
}

function orNone(expected: readonly string[], actual: readonly string[]): Json | undefined {
  return expected.length === 0 ? unless(actual.length === 0, actual) : inOrder(expected, actual);
}

function found(unwanted: readonly string[], actual: readonly string[]): Json | undefined {
  const there = unwanted.filter((word) => actual.includes(word));
  return there.length === 0 ? undefined : there;
}

/** The parts of a map that are not as expected. */
function differing(expected: Json, actualOf: (name: string) => Json | undefined): Json | undefined {
  const different = Object.entries(isMap(expected) ? expected : {}).filter(
    ([name, part]) => !contains(actualOf(name), part),
  );
  return different.length === 0
    ? undefined
    : Object.fromEntries(different.map(([name]) => [name, actualOf(name) ?? null]));
}

function lastData(play: Play, name: string): Json | undefined {
  return (
    play.sent.findLast(({ call }) => call === name)?.data ??
    play.told.findLast(({ event }) => event === name)?.data
  );
}

function unless(holds: boolean, actual: Json): Json | undefined {
  return holds ? undefined : actual;
}

function words(value: Json): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
