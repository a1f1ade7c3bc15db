import { CATCH } from '../blocks/common-fields.js';
import { listOf, record, shorthand, type MapOptions } from '../shape/container-shapes.js';
import { naming } from '../shape/known-names.js';
import { TIME_LIMIT } from '../shape/policy-shapes.js';
import { TEXT, kebabCase, wholeNumber } from '../shape/scalar-shapes.js';
import { DEFAULTS } from './default-shapes.js';
import { OUTCOMES } from './outcome-shapes.js';
import { BELONGS_TO } from './belongs-to.js';

/** A `standard` document: how sagas that use it handle errors, and whom they tell. */
export const STANDARD: MapOptions = {
  title: 'a standard',
  fields: {
    standard: {
      shape: kebabCase('the name of a standard'),
      doc: 'How sagas handle errors and whom they tell, for those that `use` it.',
    },
    version: {
      shape: wholeNumber(1),
      doc: 'A published version never changes.',
      required: 'write `version: 1`.',
    },
    defaults: { shape: DEFAULTS, doc: 'Settings for all blocks of a kind.' },
    timeout: { shape: TIME_LIMIT, doc: 'The time of a saga.' },
    catch: {
      shape: CATCH,
      doc: 'What to do about errors that no block caught. Its blocks are those of the saga, and see what they see.',
    },
    outcomes: { shape: OUTCOMES, doc: 'What is told when a saga ends.' },
    title: { shape: TEXT, doc: 'How people call it.' },
    description: { shape: TEXT, doc: 'What it is for.' },
    belongsTo: BELONGS_TO,
    owner: { shape: TEXT, doc: 'Who answers for it.' },
  },
};

/** `use: [standard-errors]`, or with a version to stay with. */
export const USE = listOf(
  shorthand(
    'standard',
    record({
      title: 'an entry of `use`',
      fields: {
        standard: {
          shape: naming('standard', kebabCase('the name of a standard')),
          doc: 'The standard; the newest version when the saga starts.',
          required: 'name the standard.',
        },
        version: { shape: wholeNumber(1), doc: 'A version to stay with, whatever is published later.' },
      },
    }),
  ),
);
