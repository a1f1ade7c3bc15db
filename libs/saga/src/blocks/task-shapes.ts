import { BLOCKS, listOf, mapOf, record, shorthand } from '../shape/container-shapes.js';
import {
  DURATION_TEXT,
  EXPRESSION,
  FLAG,
  REASON,
  TEMPLATE_MAP,
  TEXT,
  camelCase,
  kebabCase,
  oneOf,
  wholeNumber,
} from '../shape/scalar-shapes.js';
import { naming } from '../shape/known-names.js';
import type { Fields, Shape } from '../shape/shape.js';

/** A number, or an expression that gives one. */
const AUTHORITY: Shape = {
  schema: {
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'string', pattern: '^\\$\\{' },
    ],
  },
  check: (cursor, checker) => {
    const { value } = cursor;
    if (typeof value === 'string' && value.startsWith('${')) return;
    if (typeof value === 'number') wholeNumber(1).check(cursor, checker);
    else
      checker.log.error(
        cursor,
        'an authority is a number such as 3, or an expression such as "${ input.amount > 1000 ? 4 : 3 }".',
      );
  },
};

/** Names of persons, or an expression that gives them. */
const PERSONS: Shape = {
  schema: {
    anyOf: [
      { type: 'string', pattern: '^\\$\\{' },
      { type: 'array', items: { type: 'string' } },
    ],
  },
  check: (cursor, checker) => {
    if (typeof cursor.value !== 'string') listOf(TEXT).check(cursor, checker);
    else if (!cursor.value.startsWith('${'))
      checker.log.error(
        cursor,
        'expected a list of persons such as [ann, bob], or an expression that gives one.',
      );
  },
};

const TO = record({
  title: '`to`',
  fields: {
    role: { shape: naming('role', kebabCase('a role')), doc: 'Everybody in this role is asked.' },
    authority: { shape: AUTHORITY, doc: "The least authority of whoever answers; without it, the role's." },
    candidates: { shape: PERSONS, doc: 'Persons who are asked by name.' },
  },
});

const REMIND = shorthand(
  'after',
  record({
    title: '`remind`',
    fields: {
      after: { shape: DURATION_TEXT, doc: 'When to remind.', required: 'when to remind, such as 4h.' },
      every: { shape: DURATION_TEXT, doc: 'How often to remind afterwards; once without it.' },
    },
  }),
);

const ESCALATE = listOf(
  record({
    title: 'an escalation',
    fields: {
      after: {
        shape: DURATION_TEXT,
        doc: 'How long after the task was opened.',
        required: 'how long after the task was opened, such as 1d.',
      },
      to: {
        shape: TO,
        doc: 'Who is asked as well.',
        required: 'who is asked as well, such as { role: lead }.',
      },
    },
  }),
);

const ANSWER = record({
  title: 'an answer',
  fields: {
    adverse: {
      shape: FLAG,
      doc: 'It takes something away from somebody: it needs a reason, and silence never means it.',
    },
    needs: { shape: listOf(camelCase('a field')), doc: 'Fields that come with it.' },
    item: {
      shape: oneOf('accepted', 'rejected'),
      doc: 'With `items`: what becomes of an item that is answered so.',
    },
    do: { shape: BLOCKS, doc: 'What to do then.' },
  },
});

/** A list means its `do`. */
const ANSWER_OR_BLOCKS: Shape = {
  schema: { anyOf: [BLOCKS.schema, ANSWER.schema] },
  check: (cursor, checker) => (Array.isArray(cursor.value) ? BLOCKS : ANSWER).check(cursor, checker),
};

/** What `defaults.task` may say, and a task itself. */
export const INHERITED_TASK_FIELDS: Fields = {
  to: { shape: TO, doc: 'Who is asked.' },
  remind: { shape: REMIND, doc: 'When to remind those who were asked.' },
  escalate: { shape: ESCALATE, doc: 'Who is asked as well when nobody has answered; nobody is taken away.' },
  calendar: {
    shape: naming('calendar', kebabCase('a calendar')),
    doc: 'Clocks count its open hours only; a day is a working day. `none` for every hour.',
  },
  due: { shape: DURATION_TEXT, doc: 'How soon it should be answered; later it is told to be overdue.' },
};

/** The keys of a task. */
export const TASK_FIELDS: Fields = {
  ...INHERITED_TASK_FIELDS,
  mode: {
    shape: oneOf('approve', 'veto', 'inform'),
    doc: '`approve` waits for an answer, `veto` for the end of a window, `inform` for nothing. `approve` if nothing is said.',
  },
  show: { shape: TEMPLATE_MAP, doc: 'What people see.' },
  answers: { shape: mapOf(kebabCase('an answer'), ANSWER_OR_BLOCKS), doc: 'The answers by name.' },
  window: { shape: DURATION_TEXT, doc: 'After this long, `atEnd` is the answer.' },
  atEnd: { shape: kebabCase('an answer'), doc: 'What silence means at the end of the window.' },
  adverseOnSilence: { shape: REASON, doc: 'Why silence may mean an adverse answer.' },
  items: { shape: EXPRESSION, doc: 'A list whose items are decided one by one.' },
  as: {
    shape: camelCase('the name of an item'),
    doc: 'What an item is called in `show` and `key`; `item` without it.',
  },
  key: { shape: EXPRESSION, doc: 'What an item is called in answers; its position without it.' },
  notBy: { shape: PERSONS, doc: 'Persons who must not answer, such as whoever proposed it.' },
};
