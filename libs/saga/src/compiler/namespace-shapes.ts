import { listOf, mapOf, record } from '../shape/container-shapes.js';
import type { MapOptions } from '../shape/container-shapes.js';
import { NAMED_RETRY, NAMED_TIMEOUT, TIME_LIMIT } from '../shape/policy-shapes.js';
import {
  FLAG,
  SECRET,
  TEXT,
  camelCase,
  kebabCase,
  oneOf,
  textLike,
  wholeNumber,
} from '../shape/scalar-shapes.js';
import { DEFAULTS } from './default-shapes.js';

const DAY = '(mon|tue|wed|thu|fri|sat|sun)';

const ROLE = record({
  title: 'a role',
  fields: {
    authority: {
      shape: wholeNumber(1),
      doc: 'How much it may decide; more is higher.',
      required: 'a number; more is higher.',
    },
    title: { shape: TEXT, doc: 'How people call it.' },
  },
});

const CALENDAR = record({
  title: 'a calendar',
  fields: {
    zone: { shape: TEXT, doc: 'The time zone, such as Europe/Berlin.', required: 'such as Europe/Berlin.' },
    open: {
      shape: mapOf(
        textLike(`^${DAY}(-${DAY})?$`, 'a day or days such as mon or mon-fri'),
        listOf(textLike('^\\d\\d:\\d\\d-\\d\\d:\\d\\d$', "hours such as '09:00-17:00'")),
      ),
      doc: 'The hours of each day.',
      required: "the hours of each day, such as { mon-fri: ['09:00-17:00'] }.",
    },
    closed: { shape: TEXT, doc: 'An iCalendar file (.ics) with the days on which it is closed.' },
  },
});

const EXPORTS = record({
  title: '`exports`',
  fields: {
    fragments: { shape: listOf(kebabCase('a fragment')), doc: 'Fragments.' },
    standards: { shape: listOf(kebabCase('a standard')), doc: 'Standards.' },
    decisions: { shape: listOf(kebabCase('a decision')), doc: 'Decision tables.' },
    retry: { shape: listOf(camelCase('a retry policy')), doc: 'Retry policies.' },
    timeout: { shape: listOf(camelCase('a time-out policy')), doc: 'Time-out policies.' },
    roles: { shape: listOf(kebabCase('a role')), doc: 'Roles that others may put tasks to.' },
    calendars: { shape: listOf(kebabCase('a calendar')), doc: 'Calendars.' },
    secrets: { shape: listOf(kebabCase('the name of a secret')), doc: 'Secrets.' },
  },
});

const FIELD_CLASS = record({
  title: 'a class',
  fields: {
    encrypt: {
      shape: SECRET,
      doc: 'The key by which fields of this class are encrypted in messages; it is never written here.',
      required: 'the key by which its fields are encrypted in messages, such as secret:patient-key.',
    },
  },
});

/** A `namespace` document: what definitions share. */
export const NAMESPACE: MapOptions = {
  title: 'a namespace',
  fields: {
    namespace: {
      shape: kebabCase('the name of a namespace'),
      doc: 'What definitions share, and nobody else can use unless it is exported.',
    },
    profile: {
      shape: oneOf('production'),
      doc: '`production`: contracts and owners are required, every question to people has a `due`, and participants are called by `https` only.',
    },
    contracts: {
      shape: oneOf('optional', 'required'),
      doc: 'Must every participant have a contract? `optional` if nothing is said.',
    },
    owners: {
      shape: oneOf('optional', 'required'),
      doc: 'Must somebody answer for every saga, table, participant and event that is waited for? `optional` if nothing is said.',
    },
    timeout: { shape: TIME_LIMIT, doc: 'The time of a saga that says nothing.' },
    defaults: { shape: DEFAULTS, doc: 'Settings for all blocks of a kind.' },
    policies: {
      doc: 'Policies with names.',
      shape: record({
        title: '`policies`',
        fields: {
          retry: { shape: mapOf(camelCase('a retry policy'), NAMED_RETRY), doc: 'Retry policies by name.' },
          timeout: {
            shape: mapOf(camelCase('a time-out policy'), NAMED_TIMEOUT),
            doc: 'Time-out policies by name: the first entry that holds counts, and the last one always holds.',
          },
        },
      }),
    },
    roles: { shape: mapOf(kebabCase('a role'), ROLE), doc: 'The roles people may have.' },
    calendars: { shape: mapOf(kebabCase('a calendar'), CALENDAR), doc: 'Working hours by name.' },
    secrets: {
      shape: listOf(kebabCase('the name of a secret')),
      doc: 'Secrets that nobody else may use.',
    },
    exports: { shape: EXPORTS, doc: 'What documents of other namespaces may use.' },
    default: {
      shape: FLAG,
      doc: '`true`: documents that do not say `belongsTo` belong to it. Of use where there are several namespaces.',
    },
    notes: {
      shape: kebabCase('a class'),
      doc: 'The class of what people write freely: `reason` and `comment` of answers, and why somebody did something to a saga. Not classed if nothing is said.',
    },
    classes: {
      shape: mapOf(kebabCase('a class'), FIELD_CLASS),
      doc: 'What is done about classes of fields (`x-class` in schemas), beside what contracts say under `clearance`.',
    },
    owner: { shape: TEXT, doc: 'Who answers for it.' },
    description: { shape: TEXT, doc: 'What it is for.' },
  },
};
