import { isMap } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import type { Json } from '../json.js';
import type { Play } from './play.js';
import { exactText, isWithin } from './played-times.js';
import type { Claim, SourcePlace } from './test-suite.js';

/** A claim that does not hold. */
export interface Mismatch {
  readonly key: string;
  readonly expected: Json;
  readonly actual: Json;
  readonly place: SourcePlace;
}

/** How something is claimed of several things, by their names. */
interface NamedClaim {
  /** What there is of one. */
  readonly found: (play: Play, name: string) => Json | undefined;
  /** Without it: fields of maps may be more, everything else is equal. */
  readonly holds?: (actual: Json | undefined, expected: Json) => boolean;
}

const NAMED: Readonly<Record<string, NamedClaim>> = {
  at: { found: timesOf, holds: leftAt },
  effects: { found: ({ effects }, call) => effects[call] ?? 0 },
  data: { found: lastData },
  tasks: { found: ({ tasks }, block) => tasks[block] },
  waits: {
    found: ({ waits }, block) => waits[block],
    holds: (actual, expected) => contains(actual, withExactTimes(expected)),
  },
  hearsay: { found: ({ hearsay }, fact) => hearsay[fact] ?? [] },
  outputs: { found: ({ steps }, block) => steps[block]?.output },
  missing: { found: ({ steps }, block) => steps[block]?.missing },
};

/** Compares what happened with what had to; empty when everything holds. `sameAs` is looked at elsewhere. */
export function judge(play: Play, claims: readonly Claim[]): readonly Mismatch[] {
  return claims.flatMap((claim) => {
    const { key, expected, place } = claim;
    if (NAMED[key] !== undefined) return judgeNamed(play, claim);
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
      return unless(isWithin(play.lastedMs, String(expected)), exactText(play.lastedMs));
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
    case 'known':
      return unless(contains(play.known ?? null, expected), play.known ?? null);
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

/** Claims about how long is waited: `90s` and `1m30s` are the same. */
function withExactTimes(expected: Json): Json {
  if (!isMap(expected)) return expected;
  const exact = Object.entries(expected).map(([key, part]) => {
    const ms = key === 'after' || key === 'accepted' ? durationMs(String(part)) : undefined;
    return [key, ms === undefined ? withExactTimes(part) : exactText(ms)] as const;
  });
  return Object.fromEntries(exact);
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

/** The parts that do not hold, and where the first of them is claimed. */
function judgeNamed(play: Play, { key, expected, place, parts = {} }: Claim): readonly Mismatch[] {
  const { found, holds = contains } = NAMED[key]!;
  const different = Object.entries(isMap(expected) ? expected : {}).filter(
    ([name, part]) => !holds(found(play, name), part),
  );
  const [first] = different;
  if (first === undefined) return [];
  const actual = Object.fromEntries(different.map(([name]) => [name, found(play, name) ?? null]));
  return [{ key, expected: Object.fromEntries(different), actual, place: parts[first[0]] ?? place }];
}

/** When a command or an event of this name left, from the start on. */
function timesOf({ sent, told }: Play, name: string): readonly string[] {
  return [
    ...sent.map(({ call, afterMs }) => ({ name: call, afterMs })),
    ...told.map(({ event, afterMs }) => ({ name: event, afterMs })),
  ]
    .filter((one) => one.name === name)
    .map(({ afterMs }) => exactText(afterMs));
}

/** One time is when it left last; a list is each time. */
function leftAt(actual: Json | undefined, expected: Json): boolean {
  const times = words(actual ?? []);
  const claimed = Array.isArray(expected) ? words(expected) : [String(expected)];
  const meant = Array.isArray(expected) ? times : times.slice(-1);
  return (
    meant.length === claimed.length &&
    meant.every((time, index) => isWithin(durationMs(time) ?? 0, claimed[index]!))
  );
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
