import { listOf, mapOf, record, shorthand } from '../shape/container-shapes.js';
import type { MapOptions } from '../shape/container-shapes.js';
import {
  EXPRESSION,
  TEMPLATE,
  TEXT,
  camelCase,
  kebabCase,
  numberWithin,
  oneOf,
  wholeNumber,
} from '../shape/scalar-shapes.js';
import { JSON_SCHEMA } from './schema-shape.js';
import { BELONGS_TO } from './belongs-to.js';

const RULE = record({
  title: 'a rule',
  fields: {
    rule: {
      shape: kebabCase('the name of a rule'),
      doc: 'How people call the rule.',
      required: 'give the rule a name.',
    },
    if: {
      shape: EXPRESSION,
      doc: 'When it holds, over the inputs.',
      required: 'when it holds; `if: true` for always.',
    },
    output: { shape: TEMPLATE, doc: "What the table gives then; without it, the rule's name." },
    because: { shape: TEXT, doc: 'What people read about it.' },
  },
});

const OBJECTIVE = shorthand(
  'score',
  record({
    title: 'an objective',
    fields: {
      score: {
        shape: EXPRESSION,
        doc: 'How well the inputs reach it: a number from 0 to 1, more is better.',
        required: 'how well the inputs reach it, a number from 0 to 1.',
      },
      atLeast: { shape: numberWithin(0, 1), doc: 'A lower score is listed under `below`.' },
      because: { shape: TEXT, doc: 'What people read about it.' },
    },
  }),
);

/** A `decision` document: a table of rules. */
export const DECISION: MapOptions = {
  title: 'a decision',
  fields: {
    decision: {
      shape: kebabCase('the name of a decision'),
      doc: 'A table of rules, published apart from sagas.',
    },
    version: {
      shape: wholeNumber(1),
      doc: 'A published version never changes.',
      required: 'write `version: 1`.',
    },
    hit: {
      shape: oneOf('unique', 'first', 'any', 'collect', 'weigh'),
      doc: 'How many rules may hold: one; several, the first counts; several that agree; several, all count. `weigh`: rules are preferences, and objectives are scored.',
      required: 'one of unique, first, any, collect, weigh.',
    },
    inputs: {
      shape: mapOf(camelCase('an input'), JSON_SCHEMA),
      doc: 'What it is asked with: JSON Schemas by name.',
      required: 'the JSON Schemas of what it is asked with, by name.',
    },
    rules: { shape: listOf(RULE), doc: 'The rules.', required: 'the list of rules.' },
    objectives: {
      shape: mapOf(camelCase('the name of an objective'), OBJECTIVE),
      doc: 'With `hit: weigh`: what a proposal is scored by, by name.',
    },
    default: { shape: TEMPLATE, doc: 'What it gives when no rule holds.' },
    title: { shape: TEXT, doc: 'How people call it.' },
    description: { shape: TEXT, doc: 'What it is for.' },
    belongsTo: BELONGS_TO,
    owner: { shape: TEXT, doc: 'Who answers for it.' },
  },
};
