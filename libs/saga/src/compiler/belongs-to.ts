import { kebabCase } from '../shape/scalar-shapes.js';
import type { Field } from '../shape/shape.js';

/** What a document of several namespaces says about whose it is. */
export const BELONGS_TO: Field = {
  shape: kebabCase('the name of a namespace'),
  doc: 'The namespace it belongs to: whose defaults count and what it can name. Without it, the only one, or the `default`.',
};
