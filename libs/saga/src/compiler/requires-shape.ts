import { mapOf, record } from '../shape/container-shapes.js';
import { DURATION_TEXT, EXPRESSION, camelCase, dotted } from '../shape/scalar-shapes.js';
import type { Field, Fields } from '../shape/shape.js';

const FACT_FIELDS: Fields = {
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
};

/** `requires` of a trigger: what has to be known. What must be true of it is said by gates. */
export const TRIGGER_REQUIRES_FIELD = requiresField(FACT_FIELDS);

/** `requires` of a block: what has to be known. */
export const REQUIRES_FIELD = requiresField({
  ...FACT_FIELDS,
  holds: {
    shape: EXPRESSION,
    doc: 'What has to be true whenever it is asked for, such as what was decided by it before; else the error `stale`. A command that cannot be taken back asks right before each attempt.',
  },
});

function requiresField(fields: Fields): Field {
  return {
    doc: 'Facts that have to be known, and fresh, by the names expressions call them; else the error `stale`.',
    shape: mapOf(camelCase('the name of a fact here'), record({ title: 'a required fact', fields })),
  };
}
