import type { Expression } from './scope-values.js';

/** What a definition says of one of its blocks, for people. */
export interface BlockWords {
  /** How people call it. */
  readonly title?: Expression;
  /** What customer service reads while it is open. */
  readonly status?: Expression;
  /** Who answers for it. */
  readonly owner?: string;
}
