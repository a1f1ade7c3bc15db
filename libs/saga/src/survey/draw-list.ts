import { blockOf } from '../blocks/registered-blocks.js';
import { at, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import { drawHandlers, drawListeners } from './draw-handlers.js';
import { commandAt, contactsOf } from './contacts.js';
import { DRAWN } from './drawn-blocks.js';
import type { FlowNode } from './flow-graph.js';
import type { Landscape } from './landscape.js';
import { opaqueness } from './opaqueness.js';
import { branching, closed, EMPTY, inSequence, single, type Piece } from './piece.js';
import { writtenAt, type Scene, type Site } from './scene.js';
import { undoNote } from './undo-note.js';

/** Draws a list of blocks, one behind the other. */
export function drawList(list: Cursor | undefined, id: string, scene: Scene): Piece {
  return inSequence(itemsOf(list).map((block, index) => drawBlock(block, `${id}.${index + 1}`, scene)));
}

function drawBlock(cursor: Cursor, place: string, around: Scene): Piece {
  const kind = blockOf(cursor);
  const owner = textAt(cursor, 'owner') ?? around.owner;
  const scene: Scene = { ...around, ...(owner !== undefined && { owner }) };
  const site: Site = { cursor, scene, node: nodeOf(cursor, place, scene) };
  const drawn = (DRAWN[kind.head] ?? ((each: Site) => single(each.node)))(site);
  const reached = isReached(cursor) ? asOne(site, drawn) : { site, piece: drawn };
  return onlyIf(site, drawListeners(reached.site, drawHandlers(reached.site, reached.piece)));
}

/** Does anything reach this block as a whole: an error, or an event? */
function isReached(cursor: Cursor): boolean {
  return at(cursor, 'catch') !== undefined || at(cursor, 'listen') !== undefined;
}

/** What branches is held together, so that what reaches the block has one thing to reach. */
function asOne(site: Site, piece: Piece): { readonly site: Site; readonly piece: Piece } {
  if (piece.nodes.length === 1 && piece.exits.length < 2) return { site, piece };
  const { id, label, owner } = site.node;
  const whole = `${id}:whole`;
  const node: FlowNode = {
    id: whole,
    kind: 'group',
    label,
    ...(owner !== undefined && { owner }),
    contacts: [],
    ...writtenAt(site.cursor, site.scene),
    inside: closed(whole, piece),
  };
  return { site: { ...site, node }, piece: single(node) };
}

function onlyIf({ cursor, node, scene }: Site, piece: Piece): Piece {
  const condition = at(cursor, 'if');
  if (condition === undefined) return piece;
  const way: FlowNode = {
    id: `${node.id}:if`,
    kind: 'way',
    label: String(condition.value),
    contacts: [],
    decides: String(condition.value),
    ...(node.owner !== undefined && { owner: node.owner }),
    ...writtenAt(cursor, scene),
  };
  return branching(way, [
    ['yes', piece],
    ['no', EMPTY],
  ]);
}

function nodeOf(cursor: Cursor, place: string, scene: Scene): FlowNode {
  const { land, saga, owner } = scene;
  const { head, isNamed } = blockOf(cursor);
  const name = String(at(cursor, head)!.value);
  const title = textAt(cursor, 'title');
  const isPivot = at(cursor, 'pivot')?.value === true;
  const undo = undoNote(cursor);
  const opaque = opaqueness(cursor, land);
  const raises = raisedBy(cursor, land);
  return {
    id: isNamed ? name : place,
    kind: head as FlowNode['kind'],
    label: title === undefined || title.includes('${') ? name : title,
    ...(owner !== undefined && { owner }),
    contacts: contactsOf(cursor, saga, land),
    ...(isPivot && { isPivot: true }),
    ...(undo !== undefined && { undo }),
    ...(opaque !== undefined && { opaque }),
    ...(raises.length > 0 && { raises }),
    ...writtenAt(cursor, scene),
  };
}

function raisedBy(cursor: Cursor, land: Landscape): readonly string[] {
  const raise = textAt(cursor, 'raise');
  const call = textAt(cursor, 'call');
  const command = call === undefined ? undefined : commandAt(call, land);
  const rejects = itemsOf(command && at(command, 'rejects')).map(({ value }) => String(value));
  return raise === undefined ? rejects : [raise];
}
