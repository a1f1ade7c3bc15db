import { COMMON_FIELDS } from './common-fields.js';
import { noBodies, type Block } from './block.js';
import { BLOCKS_BY_HEAD } from './registered-blocks.js';
import { BLOCKS } from '../shape/container-shapes.js';
import type { Fields } from '../shape/shape.js';

/** What can stand in what. */
export interface Nesting {
  /** Whatever holds lists of blocks: kinds of blocks by their heads, and keys of blocks of any kind, such as `catch`. */
  readonly outer: readonly string[];
  /** Every kind of block. */
  readonly inner: readonly string[];
}

/** What the language lets blocks be nested in, by what the blocks themselves declare. */
export function nestingOfBlocks(): Nesting {
  const kinds = [...BLOCKS_BY_HEAD.values()];
  const leaves = kinds.filter((kind) => !holdsBlocks(kind));
  // A list that stands in a block which holds none is not its own: it is a key of handlers, of listeners or of undo.
  const keys = leaves.flatMap(({ fields }) => keysOfLists({ ...COMMON_FIELDS, ...fields }));
  return {
    outer: [...kinds.filter(holdsBlocks).map(({ head }) => head), ...new Set(keys)],
    inner: kinds.map(({ head }) => head),
  };
}

function holdsBlocks({ bodies, holdsBlocks: isElsewhere }: Block): boolean {
  return isElsewhere === true || bodies !== noBodies;
}

const block = JSON.stringify(BLOCKS.schema['items']);

function keysOfLists(fields: Fields): readonly string[] {
  return Object.keys(fields).filter((key) => JSON.stringify(fields[key]!.shape.schema).includes(block));
}
