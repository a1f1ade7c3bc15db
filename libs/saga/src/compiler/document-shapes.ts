import { CATCH, COMMON_FIELDS } from '../blocks/common-fields.js';
import { BLOCKS, listOf, record } from '../shape/container-shapes.js';
import { TIME_LIMIT, TOGGLES } from '../shape/policy-shapes.js';
import { DURATION_TEXT, EXPRESSION, SHARE, kebabCase, oneOf, wholeNumber } from '../shape/scalar-shapes.js';
import { FLIPS, KEY, TRIGGER } from '../shape/start-shapes.js';
import { TESTS } from '../trial/tests-shape.js';
import type { MapOptions } from '../shape/container-shapes.js';
import { BELONGS_TO } from './belongs-to.js';
import { DECISION } from './decision-shapes.js';
import { DEFAULTS } from './default-shapes.js';
import { FRAGMENT } from './fragment-shapes.js';
import { NAMESPACE } from './namespace-shapes.js';
import { KNOWN, OUTCOMES } from './outcome-shapes.js';
import { PARTICIPANT } from './participant-shapes.js';
import { RELEASE } from './release-shapes.js';
import { JSON_SCHEMA } from './schema-shape.js';
import { STANDARD, USE } from './standard-shapes.js';

const TARGET = record({
  title: '`target`',
  fields: {
    share: { shape: SHARE, doc: 'The share of sagas …', required: 'such as 95%.' },
    within: {
      shape: DURATION_TEXT,
      doc: '… that should end within this time, whatever their end.',
      required: 'such as 10m.',
    },
  },
});

const SAGA: MapOptions = {
  title: 'a saga',
  fields: {
    saga: { shape: kebabCase('the name of a saga'), doc: 'A business transaction across participants.' },
    version: {
      shape: wholeNumber(1),
      doc: 'A published version never changes.',
      required: 'write `version: 1`.',
    },
    key: {
      shape: KEY,
      doc: 'The business key of an instance.',
      required: 'say which business key an instance has, such as `key: input.orderId`.',
    },
    input: { shape: JSON_SCHEMA, doc: 'The JSON Schema of the input.' },
    triggers: { shape: listOf(TRIGGER), doc: 'What starts it.' },
    flips: { shape: FLIPS, doc: 'Freezes a key that goes back and forth too often.' },
    steps: { shape: BLOCKS, doc: 'The blocks, one after the other.', required: 'the list of blocks.' },
    outcomes: { shape: OUTCOMES, doc: 'What is told when it ends.' },
    known: {
      shape: KNOWN,
      doc: 'What it has found out when it has completed, for the facts whose `readBy` names it.',
    },
    use: {
      shape: USE,
      doc: 'Standards that count where the saga says nothing itself; of several the first.',
    },
    defaults: { shape: DEFAULTS, doc: 'Settings for all blocks of a kind.' },
    toggles: { shape: TOGGLES, doc: 'Switches that can be turned at run time.' },
    pivot: { shape: oneOf('start'), doc: '`start`: nothing is ever undone.' },
    target: { shape: TARGET, doc: 'How fast it should be. Each end is counted as having met or missed it.' },
    priority: {
      shape: EXPRESSION,
      doc: "How far it goes before others where its commands wait for a limit, over `input`: each point counts like a minute of waiting, such as `input.tier == 'gold' ? 10 : 0`.",
    },
    title: COMMON_FIELDS['title']!,
    description: COMMON_FIELDS['description']!,
    owner: COMMON_FIELDS['owner']!,
    belongsTo: BELONGS_TO,
    status: COMMON_FIELDS['status']!,
    catch: { shape: CATCH, doc: 'What to do about errors that no block caught.' },
    listen: COMMON_FIELDS['listen']!,
    requires: COMMON_FIELDS['requires']!,
    timeout: { shape: TIME_LIMIT, doc: 'Before the pivot: everything is undone. Behind it: an incident.' },
  },
};

/** The kinds of document, by the key that says the kind. */
export const DOCUMENT_SHAPES: Readonly<
  Record<
    'saga' | 'fragment' | 'standard' | 'decision' | 'participant' | 'namespace' | 'tests' | 'release',
    MapOptions
  >
> = {
  saga: SAGA,
  fragment: FRAGMENT,
  standard: STANDARD,
  decision: DECISION,
  participant: PARTICIPANT,
  namespace: NAMESPACE,
  tests: TESTS,
  release: RELEASE,
};
