import { mapOf, record } from '../shape/container-shapes.js';
import { DURATION_TEXT, EXPRESSION, camelCase, dotted } from '../shape/scalar-shapes.js';
import type { Field } from '../shape/shape.js';

/** `requires`: what has to be known. */
export const REQUIRES_FIELD: Field = {
  doc: 'Facts that have to be known, and fresh, by the names expressions call them; else the error `stale`.',
  shape: mapOf(
    camelCase('the name of a fact here'),
    record({
      title: 'a required fact',
      fields: {
        fact: {
          shape: dotted('a fact', 'wms.stock'),
          doc: 'The fact.',
          required: 'name the fact, such as `fact: wms.stock`.',
        },
        key: {
          shape: EXPRESSION,
          doc: 'Whom it is about.',
          required: 'whom it is about: `key: <expression>`.',
        },
        fresh: { shape: DURATION_TEXT, doc: 'How old it may be, the lag of its source included.' },
        wait: { shape: DURATION_TEXT, doc: 'How long to wait for one that is fresh.' },
      },
    }),
  ),
};
