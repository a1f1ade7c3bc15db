import type { Recheck } from '../node.js';
import type { Contracts } from '../compiler/contracts.js';
import type { Compiled, Flow } from '../compiler/flow.js';
import type { Cursor } from '../document/cursor.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';
import type { VisibleStep } from '../expression/place.js';
import type { Fields, Shape } from '../shape/shape.js';

/** One kind of block: all that the rest of the compiler knows of it. One file each, one registration. */
export interface Block {
  /** The key that says the kind; its value is the name. */
  readonly head: string;
  /** One sentence for editors. */
  readonly doc: string;
  /** One block of the kind, for the reference; it compiles. */
  readonly example: string;
  /** What the head's value looks like. */
  readonly name: Shape;
  /** Is the name unique, and can expressions mention it? Not so for `raise` and `end`. */
  readonly isNamed: boolean;
  /** The word for such a block where a run is shown; absent: its head. */
  readonly wordFor?: (block: Cursor, contracts: Contracts) => string;
  /** Its own keys, beside those every block may have. */
  readonly fields: Fields;
  /** Keys of its own that this version refuses. */
  readonly later?: readonly string[];
  /** It is a boundary of errors and time itself, so no other one is put around it. */
  readonly isScope?: boolean;
  /** What it holds happens several times, so its blocks are visible inside only. */
  readonly isLoop?: boolean;
  /** What its result has beside what every result has. */
  readonly more?: VisibleStep['more'];
  /** It gives `timeout` a meaning of its own. */
  readonly hasOwnTimeout?: boolean;
  /** It holds blocks that do not stand in its own text. */
  readonly holdsBlocks?: boolean;
  /** Keys that a block may leave to `defaults.<head>`, and the blocks that they are for; all if nothing is said. */
  readonly inherits?: { readonly keys: readonly string[]; readonly for?: (block: Cursor) => boolean };
  /** Complains about keys that do not go together. */
  readonly check?: (block: Cursor, compiler: Pick<BlockCompiler, 'log'>) => void;
  /** The lists of blocks inside it. */
  readonly bodies: (block: Cursor) => readonly Cursor[];
  readonly compile: (block: BlockSource, flow: Flow, compiler: BlockCompiler) => Compiled;
}

/** One block of a document. */
export interface BlockSource {
  readonly cursor: Cursor;
  /** The head's value. */
  readonly name: string;
  /** Id of its main node. */
  readonly id: string;
  /** What it requires, for a command that cannot be taken back. */
  readonly recheck?: Recheck;
}

/** A kind that holds no blocks. */
export function noBodies(): readonly Cursor[] {
  return [];
}
