import type { Cursor } from '../document/cursor.js';
import type { FlowNode } from './flow-graph.js';
import type { Landscape } from './landscape.js';
import type { Piece } from './piece.js';

/** What is known where blocks are drawn. */
export interface Scene {
  readonly land: Landscape;
  readonly saga: Cursor;
  /** Who answers for what stands here. */
  readonly owner?: string;
  /** Draws the blocks inside of a block. */
  readonly drawList: (list: Cursor | undefined, id: string, scene: Scene) => Piece;
}

/** Where a part of a saga is written, unless that is in a document of its own. */
export function writtenAt({ document, path }: Cursor, { saga }: Scene): Pick<FlowNode, 'writtenAt'> {
  // A saga that was completed by standards is another document, and still written in the same place.
  return document.locate === saga.document.locate ? { writtenAt: path } : {};
}

/** A block that is drawn. */
export interface Site {
  readonly cursor: Cursor;
  readonly node: FlowNode;
  readonly scene: Scene;
}
