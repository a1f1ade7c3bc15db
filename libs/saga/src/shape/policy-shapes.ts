import { listOf, mapOf, orAdvice, record, shorthand } from './container-shapes.js';
import {
  DURATION_TEXT,
  FLAG,
  SHARE,
  dotted,
  kebabCase,
  camelCase,
  numberFrom,
  oneOf,
  TEMPLATE_MAP,
  wholeNumber,
  TEXT,
} from './scalar-shapes.js';
import { naming } from './known-names.js';
import type { Fields, Shape } from './shape.js';

const POLICY_NAME = naming('retryPolicy', camelCase('the name of a retry policy'));

/** A number of attempts. */
export const ATTEMPTS = timesOr('forever');

/** How often: a number from 1 on, or one of `words`. */
export function timesOr(...words: readonly string[]): Shape {
  return {
    schema: { anyOf: [{ type: 'integer', minimum: 1 }, ...words.map((word) => ({ const: word }))] },
    check: (cursor, checker) =>
      (typeof cursor.value === 'number' ? wholeNumber(1) : oneOf(...words)).check(cursor, checker),
  };
}

/** The numbers of a retry policy. */
export const RETRY_FIELDS: Fields = {
  attempts: { shape: ATTEMPTS, doc: 'How often the command is sent, the first time included; or `forever`.' },
  delay: { shape: DURATION_TEXT, doc: 'How long to wait after the first failure.' },
  factor: { shape: numberFrom(1), doc: 'By how much the wait grows each time.' },
  maxDelay: { shape: DURATION_TEXT, doc: 'The longest wait.' },
  jitter: { shape: SHARE, doc: 'By how much a wait may be shortened, so that not everybody tries at once.' },
};

/** `retry: standard` or `retry: { attempts: 3, delay: 2s }`. */
export const RETRY = orAdvice(
  shorthand(
    'policy',
    record({
      title: '`retry`',
      fields: {
        policy: { shape: POLICY_NAME, doc: 'A policy of the namespace to begin with.' },
        ...RETRY_FIELDS,
      },
    }),
  ),
  ({ value }) => {
    const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d/.test(value));
    return isNumber || typeof value === 'boolean'
      ? 'say how often: `retry: { attempts: 3 }`, the first time included. A single word is the name of a policy.'
      : undefined;
  },
);

/** A retry policy with a name. */
export const NAMED_RETRY = record({ title: 'a retry policy', fields: RETRY_FIELDS });

/** `timeout: 30s` or `timeout: { after: 30s, accepted: 10m }`: silence of a participant. */
export const SILENCE = shorthand(
  'after',
  record({
    title: '`timeout`',
    fields: {
      after: { shape: DURATION_TEXT, doc: 'How long silence is borne after each sending.' },
      accepted: {
        shape: DURATION_TEXT,
        doc: 'How long silence is borne after the participant said that it has begun.',
      },
    },
  }),
);

/** `timeout: 21d`: time for a whole block. */
export const TIME_LIMIT = shorthand(
  'after',
  record({
    title: '`timeout`',
    fields: {
      after: {
        shape: DURATION_TEXT,
        doc: 'How long the block may take.',
        required: 'how long the block may take.',
      },
    },
  }),
);

/** A command. */
export const CALL = naming('command', dotted('a command', 'inventory.reserve'));

/** An event. */
export const EVENT = naming('event', dotted('an event', 'shop.order.placed'));

/** `verify: inventory.reservation` or with data of its own. */
export const QUESTION = shorthand(
  'call',
  record({
    title: '`verify`',
    fields: {
      call: {
        shape: CALL,
        doc: 'A query that says whether it was done.',
        required: 'the query to ask, such as inventory.reservation.',
      },
      with: { shape: TEMPLATE_MAP, doc: 'The data of the question; without it, what was sent.' },
    },
  }),
);

/** What to do when it is not known whether something was done. */
export const IF_UNKNOWN = oneOf('verify', 'retry', 'wait', 'undo', 'incident');

/** Names of business errors. */
export const ERROR_NAMES = listOf(kebabCase('an error'));

/** Toggles by name. */
export const TOGGLES = mapOf(
  camelCase('a toggle'),
  record({
    title: 'a toggle',
    fields: {
      default: { shape: FLAG, doc: 'What it is until somebody switches it.', required: 'true or false.' },
      title: { shape: TEXT, doc: 'How people call it.' },
    },
  }),
);
