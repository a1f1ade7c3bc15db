import type { Expression } from './scope-values.js';

/** What the time of a block is worth to whoever the saga is for. */
export type Worth = 'value-adding' | 'handoff' | 'waste';

/** What a definition says of one of its blocks, for people. */
export interface BlockWords {
  /** How people call it. */
  readonly title?: Expression;
  /** What customer service reads while it is open. */
  readonly status?: Expression;
  /** Who answers for it. */
  readonly owner?: string;
  /** From the block, or the nearest around it. */
  readonly worth?: Worth;
}
