import { at } from '../document/cursor.js';
import { listOf, mapOf, orAdvice, record, shorthand } from './container-shapes.js';
import {
  DURATION_TEXT,
  EXPRESSION,
  FLAG,
  SHARE,
  dotted,
  kebabCase,
  camelCase,
  numberFrom,
  oneOf,
  TEMPLATE_MAP,
  textLike,
  wholeNumber,
  TEXT,
} from './scalar-shapes.js';
import { naming } from './known-names.js';
import type { Fields, Shape } from './shape.js';

const TIMEOUT_POLICY = naming('timeoutPolicy', camelCase('the name of a time-out policy'));
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

/** `timeout: 30s` or `timeout: { after: 30s, accepted: 10m }` or `timeout: { policy: patient }`: silence of a participant. */
export const SILENCE = orAdvice(
  shorthand(
    'after',
    record({
      title: '`timeout`',
      fields: {
        policy: {
          shape: TIMEOUT_POLICY,
          doc: 'A policy of the namespace that says it before each sending; a time that stands beside it counts before it.',
        },
        after: { shape: DURATION_TEXT, doc: 'How long silence is borne after each sending.' },
        accepted: {
          shape: DURATION_TEXT,
          doc: 'How long silence is borne after the participant said that it has begun.',
        },
      },
    }),
  ),
  ({ value }) =>
    typeof value === 'string' && /^[a-z][a-zA-Z]*$/.test(value)
      ? `A duration is written as 30s, 5m or 1h30m. If "${value}" is a policy of the namespace, write \`timeout: { policy: ${value} }\`.`
      : undefined,
);

/** A time-out policy with a name. */
export const NAMED_TIMEOUT = listOf(
  record({
    title: 'an entry of a time-out policy',
    fields: {
      if: {
        shape: EXPRESSION,
        doc: 'Counts only if this holds. It sees `now`, `saga`, `step` and `before`, and nothing else: sagas share the policy, so there are no `input`, `steps`, `facts` and `toggles` of one of them.',
      },
      during: {
        shape: naming('calendar', kebabCase('a calendar')),
        doc: 'Counts only while this calendar of the namespace is open.',
      },
      after: {
        shape: DURATION_TEXT,
        doc: 'How long silence is borne after each sending.',
        required: 'how long silence is borne, such as 30s.',
      },
      accepted: {
        shape: DURATION_TEXT,
        doc: 'How long silence is borne after the participant said that it has begun; without it, as elsewhere.',
      },
      because: {
        shape: TEXT,
        doc: 'Why; people read it in the history of the step.',
        required: 'say why, as people read it in the history of the step.',
      },
    },
  }),
);

/** `timeout: 21d`: time for a whole block. */
export const TIME_LIMIT = orAdvice(
  shorthand(
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
  ),
  (cursor) =>
    at(cursor, 'policy') === undefined
      ? undefined
      : 'The time of a whole block is one number: `timeout: 10m`. A policy is about the silence of participants: name it at steps, or under `defaults: { step: … }`.',
);

/** A command. */
export const CALL = naming('command', dotted('a command', 'inventory.reserve'));

/** An event. */
export const EVENT = naming('event', dotted('an event', 'shop.order.placed'));

/** Where an event comes from. */
export const EVENT_SOURCE = textLike('^\\S+$', 'the `ce-source` of an event such as /wms');

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
