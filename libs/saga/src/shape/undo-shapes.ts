import { BLOCKS, orAdvice, record, shorthand } from './container-shapes.js';
import { CALL, RETRY, SILENCE } from './policy-shapes.js';
import { DURATION_TEXT, EXPRESSION, REASON, TEMPLATE_MAP, TEXT } from './scalar-shapes.js';
import type { Fields } from './shape.js';

const UNLESS = shorthand(
  'if',
  record({
    title: '`unless`',
    fields: {
      ask: { shape: CALL, doc: 'A query that is asked right before.' },
      with: { shape: TEMPLATE_MAP, doc: 'The data of the question; without it, what was sent.' },
      if: {
        shape: EXPRESSION,
        doc: 'Nothing is undone if this holds; `output` is the answer, `self` what was done.',
        required: 'the condition under which nothing is undone.',
      },
      because: { shape: TEXT, doc: 'What people read when it was skipped.' },
    },
  }),
);

/** How patiently something is undone; `defaults.compensate` has these keys. */
export const PATIENCE_FIELDS: Fields = {
  retry: { shape: RETRY, doc: 'How to try again.' },
  timeout: { shape: SILENCE, doc: 'How long silence is borne.' },
  coolDown: { shape: DURATION_TEXT, doc: 'How long after the decision nothing is undone yet.' },
};

const FIELDS: Fields = {
  call: { shape: CALL, doc: 'The command that undoes it.' },
  with: { shape: TEMPLATE_MAP, doc: 'Its data; without it, what was sent.' },
  do: { shape: BLOCKS, doc: 'Blocks that undo it, where one command is not enough.' },
  none: { shape: REASON, doc: 'Why nothing can be undone; `skald survey` lists it.' },
  unless: { shape: UNLESS, doc: 'When it is not needed any more; looked at right before.' },
  ...PATIENCE_FIELDS,
};

/** `compensate: inventory.release`, or a list of blocks, or more about it. */
export const COMPENSATE = orAdvice(
  shorthand('call', record({ title: '`compensate`', fields: FIELDS }), { list: true }),
  ({ value }) =>
    value === null || value === false || NOTHING.includes(String(value).toLowerCase())
      ? 'say what undoes it, such as `compensate: inventory.release`; where nothing does, say why: `compensate: { none: <why> }`.'
      : undefined,
);

/** Words that people use for that. */
const NOTHING = ['none', 'no', 'never', 'nothing', 'null', '~', 'n/a'];
