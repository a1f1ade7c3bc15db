import { BLOCKS_BY_HEAD } from '../blocks/registered-blocks.js';
import { INHERITED_TASK_FIELDS } from '../blocks/task-shapes.js';
import type { Fields } from '../shape/shape.js';
import { fieldsOf } from './check-block.js';
import { FRESH_FIELD } from './compile-confirmation.js';
import { record } from '../shape/container-shapes.js';
import { INHERITED_LOCK_FIELDS } from '../shape/lock-shapes.js';
import { IF_UNKNOWN, RETRY, SILENCE } from '../shape/policy-shapes.js';
import { PATIENCE_FIELDS } from '../shape/undo-shapes.js';

const STEP_DEFAULTS = record({
  title: '`defaults.step`',
  fields: {
    retry: { shape: RETRY, doc: 'How to try again.' },
    timeout: { shape: SILENCE, doc: 'How long silence is borne.' },
    fresh: FRESH_FIELD,
    ifUnknown: { shape: IF_UNKNOWN, doc: 'What to do when it is not known whether something was done.' },
  },
});

const COMPENSATE_DEFAULTS = record({
  title: '`defaults.compensate`',
  fields: PATIENCE_FIELDS,
});

/** What blocks of other kinds leave to `defaults`, as they say it themselves. */
const OF_OTHERS: Fields = Object.fromEntries(
  [...BLOCKS_BY_HEAD.values()].flatMap((block) => {
    if (block.inherits === undefined) return [];
    const all = fieldsOf(block);
    const fields = Object.fromEntries(block.inherits.keys.map((key) => [key, all[key]!]));
    const shape = record({ title: `\`defaults.${block.head}\``, fields });
    return [[block.head, { shape, doc: `For every ${block.head}.` }]];
  }),
);

/** `defaults` of a saga or of the namespace: settings for all blocks of a kind. */
export const DEFAULTS = record({
  title: '`defaults`',
  fields: {
    step: { shape: STEP_DEFAULTS, doc: 'For every step.' },
    task: {
      shape: record({ title: '`defaults.task`', fields: INHERITED_TASK_FIELDS }),
      doc: 'For every question to people.',
    },
    lock: {
      shape: record({ title: '`defaults.lock`', fields: INHERITED_LOCK_FIELDS }),
      doc: 'For every lock.',
    },
    ...OF_OTHERS,
    compensate: { shape: COMPENSATE_DEFAULTS, doc: 'For every command that undoes something.' },
  },
});
