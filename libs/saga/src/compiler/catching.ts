import type { BlockSource } from '../blocks/block.js';
import type { Cursor } from '../document/cursor.js';
import type { Compiled, Flow, NamedBlock, Raised } from './flow.js';

/** What a block's handlers are compiled from. */
export interface Catching {
  readonly source: BlockSource;
  readonly handlers: Cursor | undefined;
  readonly body: Compiled;
  /** What was known where the block begins. */
  readonly flow: Flow;
  /** What of the block there is to be told apart. */
  readonly traits: {
    /** Expressions can mention it. */
    readonly isNamed: boolean;
    /** It holds other blocks. */
    readonly holdsBlocks: boolean;
    /** Names of the blocks it holds. */
    readonly names: readonly NamedBlock[];
  };
}

/** Does every such error end up with a handler of that name? */
export function isCaughtBy(error: string, raised: Raised): boolean {
  return raised.error === error || (error === 'rejected' && raised.kind !== 'engine');
}
