import { parseDuration, type Duration } from './duration.js';
import { ExpressionError } from './expression-error.js';
import { finite, parseTimestamp, toText } from './runtime-value.js';
import { ANY, BOOL, DURATION, NUMBER, STRING, TIMESTAMP, type StaticType } from './static-type.js';

/** What a parameter accepts. */
export type Kind = 'any' | 'bool' | 'number' | 'string' | 'list' | 'record' | 'timestamp' | 'duration';

/** One way to call a function. */
export interface Overload {
  readonly takes: readonly Kind[];
  readonly gives: StaticType;
  readonly apply: (...values: never[]) => unknown;
}

/** Functions that are called by name: `size(x)`. */
export const FUNCTIONS: Readonly<Record<string, readonly Overload[]>> = {
  size: sizes(),
  abs: [{ takes: ['number'], gives: NUMBER, apply: Math.abs }],
  like: [{ takes: ['string', 'string'], gives: BOOL, apply: isLike }],
  dyn: [{ takes: ['any'], gives: ANY, apply: (value: unknown) => value }],
  string: [{ takes: ['any'], gives: STRING, apply: toText }],
  int: [
    { takes: ['number'], gives: NUMBER, apply: (value: number) => Math.trunc(finite(value)) },
    { takes: ['string'], gives: NUMBER, apply: toInteger },
  ],
  double: [
    { takes: ['number'], gives: NUMBER, apply: (value: number) => value },
    { takes: ['string'], gives: NUMBER, apply: toNumber },
  ],
  bool: [
    { takes: ['bool'], gives: BOOL, apply: (value: boolean) => value },
    { takes: ['string'], gives: BOOL, apply: toBool },
  ],
  timestamp: [
    { takes: ['string'], gives: TIMESTAMP, apply: parseTimestamp },
    { takes: ['timestamp'], gives: TIMESTAMP, apply: (value: Date) => value },
    { takes: ['number'], gives: TIMESTAMP, apply: (seconds: number) => new Date(seconds * 1_000) },
  ],
  duration: [
    { takes: ['string'], gives: DURATION, apply: parseDuration },
    { takes: ['duration'], gives: DURATION, apply: (value: Duration) => value },
  ],
};

/** Functions that are called on a value: `x.size()`. The first parameter is that value. */
export const METHODS: Readonly<Record<string, readonly Overload[]>> = {
  size: sizes(),
  startsWith: text2(BOOL, (text, part) => text.startsWith(part)),
  endsWith: text2(BOOL, (text, part) => text.endsWith(part)),
  contains: text2(BOOL, (text, part) => text.includes(part)),
  indexOf: text2(NUMBER, (text, part) => text.indexOf(part)),
  lastIndexOf: text2(NUMBER, (text, part) => text.lastIndexOf(part)),
  split: text2({ kind: 'list', of: STRING }, (text, separator) => text.split(separator)),
  trim: [{ takes: ['string'], gives: STRING, apply: (text: string) => text.trim() }],
  lowerAscii: [{ takes: ['string'], gives: STRING, apply: (text: string) => text.replace(/[A-Z]+/g, lower) }],
  upperAscii: [{ takes: ['string'], gives: STRING, apply: (text: string) => text.replace(/[a-z]+/g, upper) }],
  substring: [
    {
      takes: ['string', 'number'],
      gives: STRING,
      apply: (text: string, from: number) => text.substring(from),
    },
    {
      takes: ['string', 'number', 'number'],
      gives: STRING,
      apply: (text: string, from: number, to: number) => text.substring(from, to),
    },
  ],
  join: [
    { takes: ['list'], gives: STRING, apply: (list: unknown[]) => list.map(toText).join('') },
    {
      takes: ['list', 'string'],
      gives: STRING,
      apply: (list: unknown[], between: string) => list.map(toText).join(between),
    },
  ],
  getFullYear: calendar((date) => date.getUTCFullYear()),
  getMonth: calendar((date) => date.getUTCMonth()),
  getDate: calendar((date) => date.getUTCDate()),
  getDayOfMonth: calendar((date) => date.getUTCDate() - 1),
  getDayOfWeek: calendar((date) => date.getUTCDay()),
  getHours: [...calendar((date) => date.getUTCHours()), ...length(3_600_000)],
  getMinutes: [...calendar((date) => date.getUTCMinutes()), ...length(60_000)],
  getSeconds: [...calendar((date) => date.getUTCSeconds()), ...length(1_000)],
  getMilliseconds: [...calendar((date) => date.getUTCMilliseconds()), ...length(1)],
};

function sizes(): readonly Overload[] {
  return [
    { takes: ['string'], gives: NUMBER, apply: (text: string) => [...text].length },
    { takes: ['list'], gives: NUMBER, apply: (list: unknown[]) => list.length },
    { takes: ['record'], gives: NUMBER, apply: (map: object) => Object.keys(map).length },
  ];
}

function text2(gives: StaticType, apply: (text: string, part: string) => unknown): readonly Overload[] {
  return [{ takes: ['string', 'string'], gives, apply }];
}

/** Parts of an instant, always in UTC: time zones change by law and would change what a replay computes. */
function calendar(apply: (date: Date) => number): readonly Overload[] {
  return [{ takes: ['timestamp'], gives: NUMBER, apply }];
}

function length(unitMs: number): readonly Overload[] {
  return [
    { takes: ['duration'], gives: NUMBER, apply: (duration: Duration) => Math.trunc(duration.ms / unitMs) },
  ];
}

/**
 * Does the text fit the pattern, where `*` stands for anything? There are no regular expressions in the
 * language: some take forever, and a saga would stand still. This takes one pass.
 */
function isLike(text: string, pattern: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === pattern;
  if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false;
  let from = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= text.length - tail.length;
}

function toInteger(text: string): number {
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new ExpressionError('int() was given a text that is no whole number');
}

function toNumber(text: string): number {
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return finite(Number(text));
  throw new ExpressionError('double() was given a text that is no number');
}

function toBool(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ExpressionError('bool() was given a text that is neither true nor false');
}

function lower(text: string): string {
  return text.toLowerCase();
}

function upper(text: string): string {
  return text.toUpperCase();
}
