import { textOr } from '../shape/container-shapes.js';
import { TEXT } from '../shape/scalar-shapes.js';

/** A JSON Schema: the name of its file, or the schema itself. */
export const JSON_SCHEMA = textOr(TEXT, {
  schema: { type: 'object' },
  check: (cursor, { log }) => {
    if (typeof cursor.value !== 'object' || cursor.value === null || Array.isArray(cursor.value))
      log.error(cursor, 'expected the name of a JSON Schema file, or a JSON Schema.');
  },
});
