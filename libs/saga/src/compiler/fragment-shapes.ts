import { BLOCKS, mapOf } from '../shape/container-shapes.js';
import type { MapOptions } from '../shape/container-shapes.js';
import { TEMPLATE, TEXT, camelCase, kebabCase, oneOf, wholeNumber } from '../shape/scalar-shapes.js';
import type { Shape } from '../shape/shape.js';
import { JSON_SCHEMA } from './schema-shape.js';
import { BELONGS_TO } from './belongs-to.js';

/** The words for simple types of params. */
export const PARAM_WORDS = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const;

const WORD = oneOf(...PARAM_WORDS);

const PARAM: Shape = {
  schema: { anyOf: [WORD.schema, JSON_SCHEMA.schema] },
  check: (cursor, checker) => {
    const isFile = typeof cursor.value === 'string' && /[./]/.test(cursor.value);
    (typeof cursor.value === 'string' && !isFile ? WORD : JSON_SCHEMA).check(cursor, checker);
  },
};

/** A `fragment` document: blocks that sagas include. */
export const FRAGMENT: MapOptions = {
  title: 'a fragment',
  fields: {
    fragment: { shape: kebabCase('the name of a fragment'), doc: 'Blocks that sagas include.' },
    version: {
      shape: wholeNumber(1),
      doc: 'A published version never changes.',
      required: 'write `version: 1`.',
    },
    params: {
      shape: mapOf(camelCase('a param'), PARAM),
      doc: 'What it is given, and all it sees: a type or a JSON Schema by name.',
    },
    steps: { shape: BLOCKS, doc: 'The blocks, one after the other.', required: 'the list of blocks.' },
    output: { shape: TEMPLATE, doc: 'What `steps.<include>.output` is.' },
    title: { shape: TEXT, doc: 'How people call it.' },
    description: { shape: TEXT, doc: 'What it is for.' },
    belongsTo: BELONGS_TO,
    owner: { shape: TEXT, doc: 'Who answers for it.' },
  },
};
