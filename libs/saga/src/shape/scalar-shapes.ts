import { isBooleanWord } from '../document/boolean-words.js';
import type { Cursor } from '../document/cursor.js';
import { didYouMean } from '../expression/did-you-mean.js';
import { durationMs } from '../expression/duration.js';
import { LONGEST_MS, repairedDuration, repairedFlag } from './repaired.js';
import type { Json } from '../json.js';
import type { Shape } from './shape.js';

/** How messages name the kind of a JSON value. */
export function kindOf(value: Json): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'a map'
  );
}

function scalar(
  schema: Shape['schema'],
  expected: string,
  accepts: (value: Json) => boolean,
  repair: (value: Json) => string | undefined = () => undefined,
): Shape {
  return {
    schema,
    check: (cursor, { log }) => {
      if (accepts(cursor.value)) return;
      const better = repair(cursor.value);
      const advice = better === undefined ? '' : ` Write ${better}.`;
      log.error(cursor, `expected ${expected}, and this is ${described(cursor)}.${advice}`);
    },
  };
}

function described({ value }: Cursor): string {
  return typeof value === 'object' ? kindOf(value) : JSON.stringify(value);
}

export const TEXT = scalar({ type: 'string' }, 'a text', (value) => typeof value === 'string');

/** Why something is as it is: a text with something in it. */
export const REASON = scalar(
  { type: 'string', pattern: '\\S' },
  'a text that says why',
  (value) => typeof value === 'string' && value.trim() !== '',
);

export const FLAG = scalar(
  { type: 'boolean' },
  'true or false',
  (value) => typeof value === 'boolean',
  repairedFlag,
);

export const DURATION_TEXT = scalar(
  { type: 'string', pattern: '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$' },
  'a duration such as 200ms, 30s, 5m, 1h30m or 7d',
  (value) => isDuration(value) && durationMs(value)! > 0,
  repairedDuration,
);

/** A duration that may be none at all. */
export const DURATION_OR_NONE = scalar(
  { type: 'string', pattern: '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$' },
  'a duration such as 0s, 30s or 24h',
  isDuration,
  repairedDuration,
);

/** A duration, or what lies between two of them: `5m to 7m`. */
export const DURATION_RANGE = textLike(
  '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+( to (\\d+(\\.\\d+)?(ms|s|m|h|d))+)?$',
  'a duration such as 0s, 30s or 1h30m, or a range such as 5m to 7m',
);

/** What is further away than {@link LONGEST_MS} has no date that everybody concerned could store. */
function isDuration(value: Json): value is string {
  if (typeof value !== 'string' || value.startsWith('-')) return false;
  return (durationMs(value) ?? Infinity) <= LONGEST_MS;
}

export const SHARE = scalar(
  { type: 'string', pattern: '^\\d+(\\.\\d+)?%$' },
  'a share such as 20%',
  (value) => typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value) && Number.parseFloat(value) <= 100,
);

/** A condition or a value, written bare. */
export const EXPRESSION = scalar(
  { type: ['string', 'boolean', 'number'] },
  'an expression',
  (value) =>
    (typeof value === 'string' && value.trim() !== '') ||
    typeof value === 'boolean' ||
    typeof value === 'number',
);

/** Any value; texts in it may hold `${ }`. */
export const TEMPLATE: Shape = { schema: {}, check: () => undefined };

/** A map of values; texts in it may hold `${ }`. */
export const TEMPLATE_MAP = scalar(
  { type: 'object' },
  'a map of values',
  (value) => kindOf(value) === 'a map',
);

/** A text of one form; `example` shows it. */
export function textLike(pattern: string, expected: string): Shape {
  const valid = new RegExp(pattern);
  return scalar(
    { type: 'string', pattern },
    expected,
    (value) => typeof value === 'string' && valid.test(value),
  );
}

/** A text, a number, or true or false. */
export const SCALAR = scalar(
  { type: ['string', 'number', 'boolean'] },
  'a text, a number, or true or false',
  (value) => ['string', 'number', 'boolean'].includes(typeof value),
);

/** A whole number. */
export function wholeNumber(from: number): Shape {
  const accepts = (value: Json) => typeof value === 'number' && Number.isInteger(value) && value >= from;
  const unquoted = (value: Json) =>
    typeof value === 'string' && accepts(Number(value)) ? `${value}, without quotes` : undefined;
  return scalar({ type: 'integer', minimum: from }, `a whole number from ${from}`, accepts, unquoted);
}

/** A number, whole or not. */
export function numberFrom(from: number): Shape {
  return scalar(
    { type: 'number', minimum: from },
    `a number from ${from}`,
    (value) => typeof value === 'number' && value >= from,
  );
}

/** A number between two others, or one of them. */
export function numberWithin(from: number, to: number): Shape {
  return scalar(
    { type: 'number', minimum: from, maximum: to },
    `a number from ${from} to ${to}`,
    (value) => typeof value === 'number' && value >= from && value <= to,
  );
}

/** Any number. */
export const NUMBER = scalar({ type: 'number' }, 'a number', (value) => typeof value === 'number');

/** The name of a secret; its value is never written in a document. */
export const SECRET = scalar(
  { type: 'string', pattern: '^secret:[a-z][a-z0-9-]*$' },
  'the name of a secret such as secret:claims-intake, never the secret itself',
  (value) => typeof value === 'string' && /^secret:[a-z][a-z0-9-]*$/.test(value),
);

/** One of some words. */
export function oneOf(...words: readonly string[]): Shape {
  return {
    schema: { enum: [...words] },
    check: (cursor, { log }) => {
      if (typeof cursor.value === 'string' && words.includes(cursor.value)) return;
      log.error(
        cursor,
        `expected ${words.length === 1 ? '' : 'one of '}${words.map((word) => `\`${word}\``).join(', ')}, and this is ${described(cursor)}.${didYouMean(String(cursor.value), words)}`,
      );
    },
  };
}

/** A name that expressions can mention. */
export function camelCase(what: string): Shape {
  return name(
    what,
    '^[a-z][A-Za-z0-9]*$',
    'in camelCase such as reserveStock, because expressions mention it',
    toCamel,
  );
}

/** A name that goes on the wire or on a page. */
export function kebabCase(what: string): Shape {
  return name(what, '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', 'in kebab-case such as out-of-stock', toKebab);
}

/** A name with its owner in front: `inventory.reserve`. */
export function dotted(what: string, example: string): Shape {
  const part = '[a-z][a-z0-9]*(-[a-z0-9]+)*';
  return name(what, `^${part}(\\.${part})+$`, `with its owner in front, such as ${example}`, (word) =>
    word.split('.').map(toKebab).join('.'),
  );
}

function name(what: string, pattern: string, rule: string, repair: (word: string) => string): Shape {
  const valid = new RegExp(pattern);
  return {
    schema: { type: 'string', pattern },
    check: (cursor, { log }) => {
      const { value } = cursor;
      if (typeof value !== 'string')
        log.error(
          cursor,
          `expected ${what}, written ${rule}, and this is ${described(cursor)}.${typeof value === 'object' ? '' : ' Put the name in quotes if it is meant as text.'}`,
        );
      else if (isBooleanWord(value))
        log.error(
          cursor,
          `"${value}" is no name: YAML 1.1 readers take it for true or false. Choose another one.`,
        );
      else if (!valid.test(value)) {
        const better = repair(value);
        log.error(
          cursor,
          `${what} is written ${rule}: "${value}" is not.${valid.test(better) ? ` Write "${better}".` : ''}`,
        );
      }
    },
  };
}

function toCamel(word: string): string {
  const camel = word.replace(
    /[^A-Za-z0-9]+([A-Za-z0-9])?/g,
    (_, letter: string | undefined) => letter?.toUpperCase() ?? '',
  );
  return camel.charAt(0).toLowerCase() + camel.slice(1);
}

/** The words of a text as a name on the wire is written: small, with hyphens between them. */
export function toKebab(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
}
