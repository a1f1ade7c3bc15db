import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import { heard } from './contacts.js';
import type { FlowNode } from './flow-graph.js';
import { behind, branching, closed, ended, last, single, type Exit, type Piece } from './piece.js';
import { writtenAt, type Scene, type Site } from './scene.js';

/** A block with what is done about its errors beside it. */
export function drawHandlers({ cursor, node, scene }: Site, block: Piece): Piece {
  const handlers = entriesOf(at(cursor, 'catch')).map(([error, written]) => {
    const exits: readonly Exit[] = [{ from: node.id, kind: 'error', label: error }];
    return handled(written, { exits, id: `${node.id}.${error}`, again: node.id }, scene);
  });
  return beside(block, handlers);
}

interface Handling {
  readonly exits: readonly Exit[];
  readonly id: string;
  /** Where `then: retry` goes back to; absent: to the beginning of the saga. */
  readonly again?: string;
}

function handled(written: Cursor, { exits, id, again }: Handling, scene: Scene): Piece {
  const handler = longForm(written, 'then');
  const piece = behind(exits, scene.drawList(at(handler, 'do'), id, scene));
  const then = textAt(handler, 'then') ?? 'continue';
  const how = at(handler, 'undo')?.value === true ? 'undone, then again' : 'again';
  if (then === 'continue') return piece;
  if (then === 'retry' && again !== undefined)
    return {
      ...piece,
      edges: [...piece.edges, ...piece.exits.map((exit) => ({ ...exit, to: again, again: how }))],
      exits: [],
    };
  const end = ENDS[then as keyof typeof ENDS];
  const stop = behind(
    piece.exits,
    last({ ...end, id: `${id}:${then}`, contacts: [], ...writtenAt(written, scene) }),
  );
  return {
    ...piece,
    nodes: [...piece.nodes, ...stop.nodes],
    edges: [...piece.edges, ...stop.edges],
    exits: [],
  };
}

/** Where a handler leads that does not go on behind its block. */
const ENDS = {
  compensate: { kind: 'undone', label: 'everything is undone' },
  incident: { kind: 'incident', label: 'a person is called' },
  retry: { kind: 'end', label: 'again from the beginning' },
} as const;

/** A block with what events do to it while it is open. */
export function drawListeners({ cursor, node, scene }: Site, block: Piece): Piece {
  const listeners = itemsOf(at(cursor, 'listen')).map((each, index) => {
    const exits: readonly Exit[] = [{ from: node.id, kind: 'event', label: textAt(each, 'event')! }];
    return { ...behind(exits, drawListener(each, `${node.id}.listen${index + 1}`, scene)), exits: [] };
  });
  return beside(block, listeners);
}

/** What an event does: blocks beside, or an error, unless it comes too late for that. */
function drawListener(listener: Cursor, id: string, scene: Scene): Piece {
  const raise = textAt(listener, 'raise');
  if (raise === undefined) return scene.drawList(at(listener, 'do'), id, scene);
  const place = writtenAt(listener, scene);
  const raised = last({
    id: `${id}:raise`,
    kind: 'raise',
    label: raise,
    contacts: [],
    raises: [raise],
    ...place,
  });
  const late = scene.drawList(at(listener, 'tooLate'), `${id}.tooLate`, scene);
  if (late.entry === undefined) return raised;
  const way: FlowNode = {
    id: `${id}:when`,
    kind: 'way',
    label: 'did the pivot take effect?',
    contacts: [],
    ...place,
  };
  return branching(way, [
    ['no', raised],
    ['yes', late],
  ]);
}

function beside(block: Piece, others: readonly Piece[]): Piece {
  return {
    ...block,
    nodes: [...block.nodes, ...others.flatMap(({ nodes }) => nodes)],
    edges: [...block.edges, ...others.flatMap(({ edges }) => edges)],
    exits: [...block.exits, ...others.flatMap(({ exits }) => exits)],
  };
}

/** What reaches a saga wherever it stands: errors that no block caught, and events. Each begins by itself. */
export function drawOutermost(saga: Cursor, scene: Scene): readonly FlowNode[] {
  const caught = entriesOf(at(saga, 'catch')).map(([error, written]): FlowNode => {
    const id = `saga.${error}`;
    const start: FlowNode = { id: `${id}:start`, kind: 'start', label: error, contacts: [] };
    const { nodes, ...rest } = handled(written, { exits: single(start).exits, id }, scene);
    const inside = ended(id, { ...rest, nodes: [start, ...nodes] });
    return { id, kind: 'caught', label: error, contacts: [], ...writtenAt(written, scene), inside };
  });
  const listening = itemsOf(at(saga, 'listen')).map((each, index): FlowNode => {
    const id = `saga.listen${index + 1}`;
    const event = textAt(each, 'event')!;
    const piece = drawListener(each, id, scene);
    const inside = closed(id, piece, { label: event });
    const contacts = [heard(event, scene.land)];
    return { id, kind: 'heard', label: event, contacts, ...writtenAt(each, scene), inside };
  });
  return [...caught, ...listening];
}
