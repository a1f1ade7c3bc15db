import { TRIGGER_REQUIRES_FIELD } from '../compiler/requires-shape.js';
import { NOT_SUPPORTED } from '../not-supported.js';
import { readSchedule, ScheduleProblem } from '../starting/schedule.js';
import { mapOf, record, shorthand } from './container-shapes.js';
import { headed } from './headed-shape.js';
import { naming } from './known-names.js';
import { EVENT } from './policy-shapes.js';
import {
  DURATION_TEXT,
  EXPRESSION,
  NUMBER,
  SECRET,
  TEMPLATE_MAP,
  kebabCase,
  oneOf,
  wholeNumber,
} from './scalar-shapes.js';
import type { Field, Fields, Shape } from './shape.js';

const SCHEDULE: Shape = {
  schema: { type: 'string' },
  check: ({ value, ...place }, { log }) => {
    try {
      if (typeof value !== 'string')
        throw new ScheduleProblem('expected a schedule such as 30 5 * * mon-sat');
      readSchedule(value);
    } catch (error) {
      if (!(error instanceof ScheduleProblem)) throw error;
      log.error({ ...place, value }, `${error.message}.`);
    }
  },
};

const ZONE: Shape = {
  schema: { type: 'string' },
  check: (cursor, { log }) => {
    try {
      readSchedule('0 0 * * *', String(cursor.value));
    } catch (error) {
      if (!(error instanceof ScheduleProblem)) throw error;
      log.error(cursor, `${error.message}.`);
    }
  },
};

const GATES: Field = {
  shape: mapOf(kebabCase('a gate'), EXPRESSION),
  doc: 'Conditions by name; all have to hold. The names of those that do not are the recorded reason.',
};

const WITH: Field = {
  shape: TEMPLATE_MAP,
  doc: "Maps what happened to the saga's input; without it, its data.",
};

const COALESCE = shorthand(
  'window',
  record({
    title: '`coalesce`',
    fields: {
      window: {
        shape: DURATION_TEXT,
        doc: 'How long to wait from the first one; the last one starts the saga.',
        required: 'how long to wait for later ones, such as 1s.',
      },
    },
  }),
);

const THRESHOLD = record({
  title: '`threshold`',
  fields: {
    of: { shape: EXPRESSION, doc: 'The level, over `data`.', required: 'the level, such as data.level.' },
    below: {
      shape: NUMBER,
      doc: 'Falling below it starts a saga, once.',
      required: 'the number to fall below.',
    },
  },
});

const ECHO = record({
  title: '`echo`',
  fields: {
    unless: {
      shape: EXPRESSION,
      doc: 'Acts on an event that an own command has caused, if this holds; otherwise it is only recorded.',
      required: 'when an event caused by an own command counts nevertheless, such as data.delay > 10.',
    },
  },
});

const LINK: Field = {
  shape: record({
    title: '`link`',
    fields: {
      saga: {
        shape: naming('saga', kebabCase('the name of a saga')),
        doc: 'The definition of the saga that is looked at.',
        required: 'whose saga it is about, by the name of its definition.',
      },
      key: {
        shape: EXPRESSION,
        doc: 'Its business key, over `data`.',
        required: 'its business key, such as data.claimId.',
      },
    },
  }),
  doc: 'Another saga that this one is about: the newest of that key, read as `linked`. Without one nothing starts.',
};

/** What messages that come in by themselves have in common. */
const STREAM: Fields = {
  gates: GATES,
  requires: TRIGGER_REQUIRES_FIELD,
  with: WITH,
  coalesce: { shape: COALESCE, doc: 'Of several events of a key within a window only the last one counts.' },
  threshold: {
    shape: THRESHOLD,
    doc: 'Starts once when a level falls below a number, not again before it rose.',
  },
  echo: {
    shape: ECHO,
    doc: 'What to do about an event that an own command has caused; it is ignored if nothing is said.',
  },
  maxHops: {
    shape: wholeNumber(0),
    doc: 'How many sagas may lie behind the event; 8 if nothing is said.',
  },
};

/** The keys of each kind of trigger, by its head. */
export const TRIGGER_KINDS: Readonly<Record<string, Fields>> = {
  event: { event: { shape: EVENT, doc: 'The domain event that starts a saga.' }, ...STREAM, link: LINK },
  schedule: {
    schedule: {
      shape: SCHEDULE,
      doc: 'Minute, hour, day of the month, month, day of the week: `30 5 * * mon-sat`.',
    },
    zone: { shape: ZONE, doc: 'By which clock, such as Europe/Berlin; UTC if nothing is said.' },
    gates: GATES,
    requires: TRIGGER_REQUIRES_FIELD,
    with: WITH,
  },
  webhook: {
    webhook: {
      shape: kebabCase('the name of a webhook'),
      doc: 'What is posted to `/webhooks/<name>` starts a saga.',
    },
    secret: {
      shape: SECRET,
      doc: 'With what the request is signed, by name.',
      required: 'the secret by which the sender signs, such as secret:claims-intake.',
    },
    ...STREAM,
    link: LINK,
  },
  person: {
    person: { shape: naming('role', kebabCase('a role')), doc: 'Somebody of this role may start it.' },
    gates: GATES,
    with: WITH,
    link: LINK,
  },
  saga: {
    saga: {
      shape: naming('saga', kebabCase('the name of a saga')),
      doc: 'A saga of another definition has ended.',
    },
    outcome: {
      shape: oneOf('completed', 'compensated', 'cancelled'),
      doc: 'With this outcome; with any if nothing is said.',
    },
    ...STREAM,
  },
};

/** One entry of `triggers`. */
export const TRIGGER: Shape = headed({
  title: 'a trigger',
  kinds: TRIGGER_KINDS,
  later: NOT_SUPPORTED.trigger,
});

/** `key: input.orderId` or with what a second start of the same key means. */
export const KEY = shorthand(
  'of',
  record({
    title: '`key`',
    fields: {
      of: {
        shape: EXPRESSION,
        doc: 'The business key, over `input`.',
        required: 'the expression that gives the key.',
      },
      reuse: {
        shape: oneOf('never', 'afterEnd'),
        doc: 'May the key be used again? `never` if nothing is said.',
      },
      conflict: {
        shape: oneOf('ignore', 'queue', 'cancelOld'),
        doc: 'What a start means while a saga of the key runs; `ignore` if nothing is said.',
      },
    },
  }),
);

/** `flips`: when a key goes back and forth too often. */
export const FLIPS = record({
  title: '`flips`',
  fields: {
    of: {
      shape: EXPRESSION,
      doc: 'What was decided, over the saga that ended.',
      required: 'what was decided.',
    },
    max: {
      shape: wholeNumber(2),
      doc: 'So many changes back and forth freeze the key.',
      required: 'how many changes are too many.',
    },
    within: { shape: DURATION_TEXT, doc: 'In this time.', required: 'in which time, such as 2h.' },
  },
});
