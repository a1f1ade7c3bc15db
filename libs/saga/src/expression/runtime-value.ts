import type { Json } from '../json.js';
import { Duration, isoDuration, parseDuration } from './duration.js';
import { ExpressionError } from './expression-error.js';

/** Reads an RFC 3339 instant; one without a zone means different times at different places and is refused. */
export function parseTimestamp(text: unknown): Date {
  if (
    typeof text === 'string' &&
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)
  ) {
    const date = new Date(text);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw new ExpressionError(`${shown(text)} is no instant with a zone, such as 2026-03-01T12:00:00Z`);
}

/** Reads a stored duration. */
export function readDuration(value: unknown): Duration {
  if (typeof value === 'string') return parseDuration(value);
  throw new ExpressionError(`${shown(value)} is no duration`);
}

/** Turns what an expression computed into JSON: instants and durations become text, numbers stay numbers. */
export function toJson(value: unknown): Json {
  if (value === undefined)
    throw new ExpressionError('the value is optional and not there; give a default with .orValue(…)');
  if (typeof value === 'number') return finite(value);
  if (value === null || typeof value !== 'object') return value as Json;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Duration) return isoDuration(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

/** Refuses what is no JSON number. */
export function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ExpressionError('the result is not a finite number');
}

/** How one value appears in a text: numbers and instants as JSON writes them. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Duration) return `${value.ms / 1_000}s`;
  const json = toJson(value);
  return typeof json === 'string' ? json : JSON.stringify(json);
}

/** Deep equality. Numbers are numbers, whoever made them; different kinds are never equal. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Date) return right instanceof Date && left.getTime() === right.getTime();
  if (left instanceof Duration) return right instanceof Duration && left.ms === right.ms;
  if (Array.isArray(left) || Array.isArray(right)) return isEqualList(left, right);
  const leftKeys = Object.keys(left);
  if (leftKeys.length !== Object.keys(right).length) return false;
  return leftKeys.every(
    (key) => Object.hasOwn(right, key) && isEqual((left as Fields)[key], (right as Fields)[key]),
  );
}

type Fields = Readonly<Record<string, unknown>>;

function isEqualList(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((item, index) => isEqual(item, right[index]));
}

/** Names a value's kind for a message; never its content, which may be confidential. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a timestamp';
  if (value instanceof Duration) return 'a duration';
  return (
    { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'a map'
  );
}
