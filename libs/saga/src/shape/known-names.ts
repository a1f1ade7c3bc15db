import type { Shape } from './shape.js';

/** What a name in a definition may name elsewhere in the workspace. */
export type NameKind =
  | 'calendar'
  | 'command'
  | 'error'
  | 'event'
  | 'fragment'
  | 'retryPolicy'
  | 'role'
  | 'saga'
  | 'standard'
  | 'table'
  | 'timeoutPolicy';

/** Marks a schema whose value is a name of a kind; replaced by what is known when a schema is written. */
export const NAMES_KEY = 'x-names';
/** The same for the keys of a map. */
export const KEYS_KEY = 'x-keys';

/** A name of something that stands elsewhere, so that editors can offer what there is. */
export function naming(kind: NameKind, shape: Shape): Shape {
  return { ...shape, schema: { ...shape.schema, [NAMES_KEY]: kind } };
}
