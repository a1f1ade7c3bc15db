import { listOf, mapOf, record, shorthand } from '../shape/container-shapes.js';
import type { MapOptions } from '../shape/container-shapes.js';
import {
  CALL,
  ERROR_NAMES,
  EVENT,
  EVENT_SOURCE,
  IF_UNKNOWN,
  QUESTION,
  RETRY,
  SILENCE,
} from '../shape/policy-shapes.js';
import {
  DURATION_OR_NONE,
  DURATION_TEXT,
  EXPRESSION,
  SCALAR,
  SHARE,
  TEMPLATE,
  TEXT,
  kebabCase,
  oneOf,
  textLike,
  wholeNumber,
} from '../shape/scalar-shapes.js';
import type { Field } from '../shape/shape.js';
import { CONFIRM_FIELD, FRESH_FIELD } from './compile-confirmation.js';
import { JSON_SCHEMA } from './schema-shape.js';
import { BELONGS_TO } from './belongs-to.js';

const LIMITS = record({
  title: '`limits`',
  fields: {
    rate: {
      shape: textLike('^[1-9]\\d*/(s|m|h|d)$', 'a rate such as 30/s'),
      doc: 'How many commands may leave in a second, minute, hour or day; all coordinators together.',
    },
    concurrency: {
      shape: wholeNumber(1),
      doc: 'How many commands may be sent and not answered; all coordinators together.',
    },
    queue: {
      shape: wholeNumber(1),
      doc: 'How many may wait before no more sagas are let in that send any; 10,000 if nothing is said.',
    },
    breaker: {
      doc: 'When to stop asking for a while. Commands wait meanwhile.',
      shape: record({
        title: '`breaker`',
        fields: {
          failures: { shape: SHARE, doc: 'The share of failures …', required: 'such as 50%.' },
          of: { shape: wholeNumber(1), doc: '… among this many last answers.', required: 'such as 40.' },
          probe: {
            shape: DURATION_TEXT,
            doc: 'After how long one is tried again.',
            required: 'such as 10s.',
          },
        },
      }),
    },
  },
});

const FENCING: Field = {
  shape: oneOf('none'),
  doc: '`none`: it does not remember what it was asked, so a repeated command may take effect twice.',
};

const DRAIN: Field = {
  shape: DURATION_TEXT,
  doc: 'With `fencing: none`, or where another participant undoes it: how long after its sending a command may still be carried out; 10m if nothing is said.',
};

const OPAQUE: Field = {
  shape: TEXT,
  doc: 'Why nobody can look into how it comes to its answer, such as: a spreadsheet of the finance team. A survey counts it.',
};

const ANSWERED_BY = record({
  title: '`answeredBy`',
  fields: {
    event: { shape: EVENT, doc: 'The event that answers.', required: 'name the event that answers.' },
    key: {
      shape: EXPRESSION,
      doc: 'The key the event has, over `self.sent`; without it, the key of the saga.',
    },
    match: { shape: EXPRESSION, doc: 'Which of these events it is, over `data` and `self.sent`.' },
    output: { shape: TEMPLATE, doc: "The answer; without it, the event's data." },
  },
});

const ALLOW = record({
  title: '`allow`',
  fields: {
    of: {
      shape: EXPRESSION,
      doc: 'What of the answer is limited, over `data`.',
      required: 'such as data.action.',
    },
    values: {
      shape: listOf(SCALAR),
      doc: 'The values it may have.',
      required: 'the list of values it may have.',
    },
  },
});

const RULE = shorthand(
  'holds',
  record({
    title: 'a rule',
    fields: {
      holds: {
        shape: EXPRESSION,
        doc: 'What has to be true of the data, over `data`.',
        required: 'what has to be true, such as data.amount <= 10000.',
      },
      because: { shape: TEXT, doc: 'Why there is this rule, for whoever is refused by it.' },
      instead: { shape: TEXT, doc: 'What is allowed, for whoever is refused by it.' },
    },
  }),
);

const COMMAND = record({
  title: 'a command',
  fields: {
    effect: { shape: oneOf('none'), doc: '`none`: a query, nothing to undo.' },
    input: { shape: JSON_SCHEMA, doc: 'The JSON Schema of its data.' },
    rules: {
      shape: mapOf(kebabCase('a rule'), RULE),
      doc: 'What has to be true of its data, by name, whoever proposes it: what breaks one is the error `invalid` and is not sent, and a person who proposes that is refused.',
    },
    output: { shape: JSON_SCHEMA, doc: 'The JSON Schema of its answer.' },
    rejects: { shape: ERROR_NAMES, doc: 'The business errors it may answer.' },
    undoneBy: { shape: CALL, doc: 'The command that undoes it.' },
    verify: { shape: QUESTION, doc: 'A query that says whether it was done.' },
    retry: { shape: RETRY, doc: 'How to try again.' },
    timeout: { shape: SILENCE, doc: 'How long silence is borne.' },
    ifUnknown: { shape: IF_UNKNOWN, doc: 'What to do when it is not known whether it was done.' },
    confirm: CONFIRM_FIELD,
    fresh: FRESH_FIELD,
    asOf: { shape: EXPRESSION, doc: 'When the answer was true, over `data`.' },
    allow: {
      shape: ALLOW,
      doc: 'What of the answer is limited to which values; anything else is the error `invalid`.',
    },
    record: { shape: listOf(EXPRESSION), doc: 'What of the answer is kept in the history, over `data`.' },
    usage: {
      shape: mapOf(kebabCase('a name'), EXPRESSION),
      doc: 'What of the answer says what it used up, by name, over `data`. It is summed up for each saga.',
    },
    answeredBy: {
      shape: ANSWERED_BY,
      doc: 'The event that answers, where the participant sends no replies.',
    },
    http: {
      shape: textLike('^(GET|POST|PUT|PATCH|DELETE) /\\S*$', 'a method and a path such as POST /v1/orders'),
      doc: 'How it is called over HTTP.',
    },
    statuses: {
      shape: mapOf(
        textLike('^[1-5]\\d\\d$', "a status code in quotes such as '409'"),
        kebabCase('an outcome or an error'),
      ),
      doc: 'What an HTTP status means: an outcome (`permanent`: it would fail again), or one of `rejects`.',
    },
    fencing: FENCING,
    drain: DRAIN,
    limits: {
      shape: LIMITS,
      doc: 'How much of this command it can take. It then counts by itself, not with the others.',
    },
    opaque: OPAQUE,
    description: { shape: TEXT, doc: 'What it does.' },
  },
});

const EVENT_CONTRACT = record({
  title: 'an event',
  fields: {
    key: { shape: EXPRESSION, doc: 'What it is about, over `data`.' },
    schema: { shape: JSON_SCHEMA, doc: 'The JSON Schema of its data.' },
    description: { shape: TEXT, doc: 'What happened.' },
  },
});

const FACT = record({
  title: 'a fact',
  fields: {
    from: { shape: EVENT, doc: 'The event that tells it.', required: 'name the event that tells it.' },
    key: { shape: EXPRESSION, doc: 'What it is about, over `data`.', required: 'such as data.warehouseId.' },
    value: { shape: TEMPLATE, doc: "What is known; without it, the event's data." },
    asOf: { shape: EXPRESSION, doc: "When it was true, over `data`; without it, the event's time." },
    lag: { shape: DURATION_OR_NONE, doc: 'By how much it may be behind reality.' },
    source: {
      shape: EVENT_SOURCE,
      doc: 'Who may tell it: the `ce-source` of these events. What the same event says of it from anywhere else is recorded and does not count; without it, anybody counts.',
    },
    readBy: {
      shape: kebabCase('the name of a saga'),
      doc: 'The saga that reads it at its source when somebody asks for it and it is not known, or too old. Its input is `key`, and its `known` says what it has found.',
    },
    opaque: OPAQUE,
    description: { shape: TEXT, doc: 'What it says.' },
  },
});

const HTTP = record({
  title: '`http`',
  fields: {
    base: {
      shape: textLike('^https?://\\S+$', 'an address such as https://identity.example'),
      doc: 'Where it is.',
      required: 'where it is, such as https://identity.example.',
    },
    auth: {
      shape: textLike('^secret:[a-z][a-z0-9-]*$', 'the name of a secret such as secret:identity-token'),
      doc: 'The secret that is sent as bearer token; its value is never written here.',
    },
    idempotencyHeader: {
      shape: textLike("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", 'the name of a header such as Idempotency-Key'),
      doc: 'The header that carries the operation, so that a repeated call has no second effect.',
    },
  },
});

/** A `participant` document: what a service says of itself. */
export const PARTICIPANT: MapOptions = {
  title: 'a participant',
  fields: {
    participant: {
      shape: kebabCase('the name of a participant'),
      doc: 'A service that carries out commands.',
    },
    belongsTo: BELONGS_TO,
    owner: { shape: TEXT, doc: 'Who answers for it.' },
    description: { shape: TEXT, doc: 'What it is for.' },
    kind: { shape: oneOf('agent'), doc: '`agent`: it decides by itself, so there are bounds to be said.' },
    http: { shape: HTTP, doc: 'Where it is, if it is called over HTTP.' },
    commands: { shape: mapOf(kebabCase('a command'), COMMAND), doc: 'What it can be asked for.' },
    events: { shape: mapOf(EVENT, EVENT_CONTRACT), doc: 'What it publishes.' },
    facts: { shape: mapOf(EVENT, FACT), doc: 'What is known from its events, by key.' },
    clearance: {
      shape: listOf(kebabCase('a class')),
      doc: 'The classes of fields (`x-class` in schemas) it may see; without it, all.',
    },
    fencing: FENCING,
    drain: DRAIN,
    limits: {
      shape: LIMITS,
      doc: 'How much it can take; all its commands together, but for those with limits of their own.',
    },
    opaque: OPAQUE,
    retry: { shape: RETRY, doc: 'How to try again.' },
    timeout: { shape: SILENCE, doc: 'How long silence is borne.' },
    ifUnknown: { shape: IF_UNKNOWN, doc: 'What to do when it is not known whether something was done.' },
  },
};
