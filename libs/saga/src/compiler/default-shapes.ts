import { INHERITED_TASK_FIELDS } from '../blocks/task-shapes.js';
import { FRESH_FIELD } from './compile-confirmation.js';
import { NOT_SUPPORTED } from '../not-supported.js';
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

/** `defaults` of a saga or of the namespace: settings for all blocks of a kind. */
export const DEFAULTS = record({
  title: '`defaults`',
  later: NOT_SUPPORTED.defaults,
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
    compensate: { shape: COMPENSATE_DEFAULTS, doc: 'For every command that undoes something.' },
  },
});
