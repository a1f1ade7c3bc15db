import { DURATION_TEXT, TEXT, oneOf } from './scalar-shapes.js';
import type { Fields } from './shape.js';

/** What is locked: a text in which `${ }` stands for expressions. */
export const RESOURCE = TEXT;

/** How long a holder is safe from those who wait. */
export const LEASE = DURATION_TEXT;

/** What to do when somebody else holds a lock. */
export const CONFLICT = oneOf('wait', 'refuse', 'takeOver');

/** Keys of a lock that `defaults.lock` may have. */
export const INHERITED_LOCK_FIELDS: Fields = {
  lease: { shape: LEASE, doc: 'How long nobody but a `takeOver` takes it away.' },
  conflict: { shape: CONFLICT, doc: 'What to do when somebody else holds it.' },
};
