import { at, isMap } from '../document/cursor.js';
import { record } from '../shape/container-shapes.js';
import { EVENT } from '../shape/policy-shapes.js';
import { EXPRESSION, TEMPLATE, TEMPLATE_MAP, TEXT } from '../shape/scalar-shapes.js';
import type { Shape } from '../shape/shape.js';

const OUTCOME_KEYS = record({
  title: 'an outcome',
  fields: {
    emit: { shape: EVENT, doc: 'The event that tells it.' },
    with: { shape: TEMPLATE_MAP, doc: "The event's data." },
    judge: {
      shape: TEXT,
      doc: 'What the saga that this one is linked to has turned out to be: `good`, `bad`, or `unknown`.',
    },
  },
});

/** Something has to come of it. */
const OUTCOME: Shape = {
  schema: OUTCOME_KEYS.schema,
  check: (cursor, checker) => {
    OUTCOME_KEYS.check(cursor, checker);
    if (!isMap(cursor.value) || at(cursor, 'emit') !== undefined) return;
    const written = at(cursor, 'with');
    if (written !== undefined)
      checker.log.errorAtKey(
        written,
        "`with` is an event's data. Name the event by `emit`, or leave it out.",
      );
    else if (at(cursor, 'judge') === undefined)
      checker.log.error(cursor, '`emit` is missing: name the event to publish.');
  },
};

/** `known`: what a saga has found out that was run to read a fact. */
export const KNOWN = record({
  title: '`known`',
  fields: {
    value: { shape: TEMPLATE, doc: 'What is known now.', required: 'what is known now.' },
    asOf: { shape: EXPRESSION, doc: 'When it was true; without it, when the saga began.' },
  },
});

/** `outcomes`: what is told when a saga ends. */
export const OUTCOMES = record({
  title: '`outcomes`',
  fields: {
    completed: { shape: OUTCOME, doc: 'When all went well, or an `end` was reached.' },
    compensated: { shape: OUTCOME, doc: 'When everything was undone.' },
    cancelled: { shape: OUTCOME, doc: 'When a person stopped it and everything was undone.' },
  },
});
