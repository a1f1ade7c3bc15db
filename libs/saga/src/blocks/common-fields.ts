import { REQUIRES_FIELD } from '../compiler/requires-shape.js';
import { BLOCKS, mapOf, orAdvice, record, shorthand } from '../shape/container-shapes.js';
import { naming } from '../shape/known-names.js';
import { TIME_LIMIT } from '../shape/policy-shapes.js';
import {
  EXPRESSION,
  FLAG,
  TEMPLATE,
  TEXT,
  camelCase,
  kebabCase,
  oneOf,
  wholeNumber,
} from '../shape/scalar-shapes.js';
import type { Fields } from '../shape/shape.js';
import { LISTEN } from './listen-shape.js';

const HANDLER = shorthand(
  'then',
  record({
    title: 'a handler',
    fields: {
      do: { shape: BLOCKS, doc: 'What to do about the error.' },
      then: {
        shape: oneOf('continue', 'retry', 'compensate', 'incident'),
        doc: 'Where to go on afterwards; `continue` if nothing is said.',
      },
      output: { shape: TEMPLATE, doc: "Stands in for the block's output when it goes on." },
      undo: { shape: FLAG, doc: 'Undo first what was done inside the block?' },
      times: { shape: wholeNumber(1), doc: 'How often `then: retry` may begin again; 3 if nothing is said.' },
      title: { shape: TEXT, doc: 'How people call this path.' },
    },
  }),
  { list: true },
);

/** Handlers by the error they are for. There is none for every error: what is unknown is not a failure. */
export const CATCH = mapOf(
  orAdvice(naming('error', kebabCase('an error')), ({ value }) =>
    ['*', 'default', 'all', 'any', 'error', 'errors', 'exception'].includes(String(value))
      ? 'there is no handler for everything. Name the errors: `rejected` is any refusal, `failed` gave up, `unknown` may have been done.'
      : undefined,
  ),
  HANDLER,
);

/** Keys that every block may have. */
export const COMMON_FIELDS: Fields = {
  title: { shape: TEXT, doc: 'How people call the block.' },
  description: { shape: TEXT, doc: 'What it is for.' },
  owner: { shape: TEXT, doc: 'Who answers for it.' },
  worth: {
    shape: oneOf('value-adding', 'handoff', 'waste'),
    doc: 'What its time is worth to whoever the saga is for; of a block that holds others, theirs too. `skald time` reports it.',
  },
  status: { shape: TEXT, doc: 'What customer service reads while the block is open.' },
  if: { shape: EXPRESSION, doc: 'Run this block only if the condition holds.' },
  catch: { shape: CATCH, doc: 'What to do about errors, by their names.' },
  listen: { shape: LISTEN, doc: 'Events that are listened for as long as the block is open.' },
  requires: REQUIRES_FIELD,
  toggle: {
    shape: camelCase('a toggle'),
    doc: 'Off: the block is not begun, or stopped, with the error `switched-off`.',
  },
  timeout: { shape: TIME_LIMIT, doc: 'After this long the error `timed-out` is raised inside the block.' },
};
