import { CORRELATION_FIELDS, EVENT_FIELD } from '../compiler/subscriptions.js';
import { at } from '../document/cursor.js';
import { isEngineError } from '../engine-errors.js';
import { BLOCKS, listOf, record } from '../shape/container-shapes.js';
import { kebabCase } from '../shape/scalar-shapes.js';
import type { Shape } from '../shape/shape.js';

const FIELDS = record({
  title: 'a listener',
  fields: {
    event: { ...EVENT_FIELD, required: 'name the event to listen for.' },
    ...CORRELATION_FIELDS,
    raise: { shape: kebabCase('an error'), doc: 'The error that the event raises; it stops what is inside.' },
    do: { shape: BLOCKS, doc: 'What runs beside, once for each event.' },
    tooLate: {
      shape: BLOCKS,
      doc: 'What to do about an event that would raise an error after the pivot took effect.',
    },
  },
});

const LISTENER: Shape = {
  schema: FIELDS.schema,
  check: (cursor, checker) => {
    const { log } = checker;
    FIELDS.check(cursor, checker);
    const [raise, beside, tooLate] = [at(cursor, 'raise'), at(cursor, 'do'), at(cursor, 'tooLate')];
    if (raise === undefined && beside === undefined)
      log.error(
        cursor,
        'Say what the event does: `raise: <error>` to interrupt, or `do: [...]` to run beside.',
      );
    if (raise !== undefined && beside !== undefined)
      log.errorAtKey(
        beside,
        'A listener either raises an error or runs blocks beside. What to do about the error stands under `catch`.',
      );
    if (tooLate !== undefined && raise === undefined)
      log.errorAtKey(
        tooLate,
        'Only what interrupts can come too late. Leave `tooLate` out, or say `raise: <error>`.',
      );
    if (raise !== undefined && isEngineError(String(raise.value)))
      log.error(raise, `"${String(raise.value)}" is raised by the engine alone. Choose a name of your own.`);
  },
};

/** Events that are listened for as long as a block is open. */
export const LISTEN: Shape = listOf(LISTENER);
