import type { JsonObject } from '#libs/saga';

/** A list of blocks, with what is to be known of it by whoever stands around it. */
export interface Drawn {
  readonly blocks: readonly JsonObject[];
  /** Errors that come out of it. */
  readonly raises: ReadonlySet<string>;
  /** Something in it has to be undone when the flow goes back. */
  readonly isUndoable: boolean;
}

/** Where blocks are drawn. */
export interface Spot {
  readonly depth: number;
  /** Before the pivot everything can be undone; behind it, and in what undoes, everything has to succeed in the end. */
  readonly side: 'before' | 'behind' | 'undoing';
  /** What expressions read: the saga's input, or the params of a fragment, which see nothing else. */
  readonly root: 'input' | 'params';
  /** A template that is another text each time the spot is come to; absent where there is none. */
  readonly key?: string | undefined;
}

/** No blocks. */
export const nothing: Drawn = { blocks: [], raises: new Set(), isUndoable: false };

/** One list after the other. */
export function together(lists: readonly Drawn[]): Drawn {
  return {
    blocks: lists.flatMap(({ blocks }) => blocks),
    raises: new Set(lists.flatMap(({ raises }) => [...raises])),
    isUndoable: lists.some(({ isUndoable }) => isUndoable),
  };
}

/** A block around others. */
export function around(block: JsonObject, inner: readonly Drawn[]): Drawn {
  return { ...together(inner), blocks: [block] };
}

/** A block with nothing inside that could go wrong. */
export function plain(block: JsonObject): Drawn {
  return { ...nothing, blocks: [block] };
}
