import { NOT_SUPPORTED } from '../not-supported.js';
import { mapOf, type MapOptions } from '../shape/container-shapes.js';
import { FLAG, TEXT, camelCase, kebabCase } from '../shape/scalar-shapes.js';

/** A `release` document: what of a saga is switched while sagas run. Nothing of it is published; it is applied. */
export const RELEASE: MapOptions = {
  title: 'a release',
  fields: {
    release: { shape: kebabCase('the name of a saga'), doc: 'The saga whose state at run time this is.' },
    reason: { shape: TEXT, doc: 'Why; it is kept.', required: 'say why, it is kept.' },
    toggles: {
      shape: mapOf(camelCase('a toggle'), FLAG),
      doc: 'What toggles are from then on, for sagas that run too.',
    },
  },
  later: NOT_SUPPORTED.release,
};
