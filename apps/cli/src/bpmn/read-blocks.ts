import type { JsonObject } from '#libs/saga';
import type { DrawnGraph, DrawnNode, DrawnProblem } from './drawn-graph.js';
import { readPiece } from './read-piece.js';
import {
  complain,
  complainOfUnreached,
  isPlainEnd,
  NOWHERE,
  type DrawnList,
  type Reading,
} from './reading.js';
import { kebab, namesFor } from './skeletons.js';

/** How the blocks of a whole model are read. */
export function readingOf(graph: DrawnGraph, problems: DrawnProblem[]): Reading {
  const nameFor = namesFor(graph);
  const reading: Reading = {
    graph,
    problems,
    seen: new Set(),
    stops: NOWHERE,
    atEnd: 'over',
    atEndWithin: 'end',
    nameFor,
    readList,
    readInside: (inside, atEndWithin) => {
      for (const { id } of inside.outermost)
        complain(reading, id, 'only the process itself can hold what begins with an error or an event');
      return readInside({ ...reading, graph: inside, seen: new Set(), atEndWithin });
    },
  };
  return reading;
}

/** The blocks between the start of a graph and its end. */
export function readInside(reading: Reading): readonly JsonObject[] {
  const { graph, seen } = reading;
  const [start, ...others] = [...graph.nodes.values()].filter(({ type }) => type === 'StartEvent');
  if (start === undefined || others.length > 0 || start.ways.length > 1) {
    complain(reading, others[0]?.id ?? start?.id ?? graph.of, 'there has to be one start, with one way');
    return [];
  }
  if (start.event === 'Error' || (start.event !== undefined && reading.atEndWithin === 'refused'))
    complain(reading, start.id, `it cannot begin with a ${start.event}`);
  const { blocks } = readList(start.ways[0]?.to, reading);
  seen.add(start.id);
  complainOfUnreached(reading);
  return blocks;
}

/** Follows a way from block to block until it comes to a stop, or to an end. */
function readList(entry: string | undefined, reading: Reading): DrawnList {
  const blocks: JsonObject[] = [];
  const reached = new Set<string>();
  let at = entry;
  while (at !== undefined && !reading.stops.has(at)) {
    const node = reading.graph.nodes.get(at);
    if (node === undefined && !reading.problems.some(({ id }) => id === at))
      complain(reading, at, 'a way leads here, and nothing can go on from it');
    if (node === undefined || !mayBegin(node, reading)) return { blocks, reached };
    if (isPlainEnd(node)) return { blocks: [...blocks, ...endAt(node, reading)], reached };
    if (isMeeting(node)) {
      at = node.ways[0]!.to;
      continue;
    }
    const piece = readPiece(node, reading);
    if (piece === undefined) return { blocks, reached };
    blocks.push(piece.block);
    for (const stop of piece.reached) reached.add(stop);
    if (piece.next === undefined && node.type !== 'EndEvent' && node.ways.length === 0)
      blocks.push(...endAt(node, reading));
    at = piece.next;
  }
  if (at !== undefined) reached.add(at);
  return { blocks, reached };
}

/** A gateway at which ways come together, and nothing is decided. */
function isMeeting({ type, said, ways }: DrawnNode): boolean {
  return type === 'ExclusiveGateway' && said === undefined && ways.length === 1;
}

function mayBegin(node: DrawnNode, reading: Reading): boolean {
  const { id } = node;
  if (isPlainEnd(node)) return true;
  if (reading.seen.has(id)) {
    complain(reading, id, 'ways come together here that do not begin at one gateway, or a way leads back');
    return false;
  }
  reading.seen.add(id);
  return true;
}

function endAt({ id, name }: DrawnNode, reading: Reading): readonly JsonObject[] {
  if (reading.atEnd === 'end') return [{ end: kebab(name) || `end-${kebab(id)}` }];
  if (reading.atEnd === 'refused')
    complain(reading, id, 'this ends its own way alone; lead it to where the other ways come together');
  return [];
}
