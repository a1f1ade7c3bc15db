import type { Json, JsonObject } from '#libs/saga';
import type { DrawnBoundary, DrawnGraph, DrawnNode } from './drawn-graph.js';
import { complain, partOf, type DrawnPiece, type Reading } from './reading.js';

/** Where a handler leads that has been read: to the stop it comes to, and what that means. */
export interface Leads {
  readonly blocks: readonly JsonObject[];
  /** Absent: nothing comes behind its blocks. */
  readonly then?: string;
}

/** A block with what the events on its boundary lead to. */
export function withHandlers(node: DrawnNode, piece: DrawnPiece, reading: Reading): DrawnPiece {
  const next = piece.next ?? node.said?.next;
  const goesOn = next === undefined ? [...reading.stops] : [next];
  const ends = new Map([
    ...goesOn.map((id) => [id, 'continue'] as const),
    ...endsOf(reading.graph),
    [node.id, 'retry'] as const,
  ]);
  const errors = node.boundaries.filter(({ kind }) => kind === 'error');
  const events = node.boundaries.filter(({ kind }) => kind === 'event');
  const again = errors.find(({ name }, index) => errors.some((other, i) => i < index && other.name === name));
  if (again !== undefined) complain(reading, again.id, `"${again.name}" is caught here twice`);
  const handlers = errors.map((each) => [each, readHandler(each.id, each.to, ends, reading)] as const);
  const caught = withCaught(piece.block, handlers);
  const block = withListeners(caught, events, ends, reading);
  const isContinued = piece.next === undefined && handlers.some(([, { then }]) => then === 'continue');
  return { ...piece, block, ...(isContinued && { next }) };
}

/** The ends of a graph that say how a handler goes on. */
export function endsOf({ nodes }: DrawnGraph): readonly (readonly [string, string])[] {
  return [...nodes.values()].flatMap((node) => {
    const then = node.type === 'EndEvent' && node.block === undefined ? thenOf(node) : undefined;
    return then === undefined ? [] : [[node.id, then] as const];
  });
}

function thenOf(node: DrawnNode): string | undefined {
  if (node.event === 'Compensate') return 'compensate';
  if (node.event === 'Escalation') return 'incident';
  return partOf(node) === 'retry' ? 'retry' : undefined;
}

/** Reads what is done about an error, up to the stop that its ways come to. */
export function readHandler(
  id: string,
  entry: string | undefined,
  ends: ReadonlyMap<string, string>,
  reading: Reading,
): Leads {
  const { blocks, reached } = reading.readList(entry, {
    ...reading,
    stops: new Set(ends.keys()),
    atEnd: reading.atEndWithin,
  });
  const [then, ...others] = new Set([...reached].map((stop) => ends.get(stop)!));
  if (others.length > 0) complain(reading, id, 'all ways behind it have to lead to the same place');
  return { blocks, ...(then !== undefined && { then }) };
}

function withCaught(
  block: JsonObject,
  handlers: readonly (readonly [Pick<DrawnBoundary, 'name'>, Leads])[],
): JsonObject {
  const written = (block['catch'] ?? {}) as JsonObject;
  const drawn = new Map(handlers.map(([{ name }, leads]) => [name, leads] as const));
  const kept = Object.keys(written).filter((name) => drawn.has(name));
  const names = new Set([...kept, ...drawn.keys()]);
  const { catch: _, ...others } = block;
  if (names.size === 0) return others;
  const caught = [...names].map((name) => [name, handlerOf(written[name], drawn.get(name)!)] as const);
  return { ...block, catch: Object.fromEntries(caught) };
}

/** A handler as it is written, with what is drawn of it. */
export function handlerOf(written: Json | undefined, { blocks, then }: Leads): Json {
  const long = longForm(written);
  const isSame = then === undefined || then === (long['then'] ?? 'continue');
  if (blocks.length === 0 && isSame && written !== undefined) return written;
  if (Array.isArray(written) && isSame) return blocks;
  if (blocks.length === 0 && written === undefined) return then!;
  return {
    ...long,
    ...((blocks.length > 0 || long['do'] !== undefined) && { do: blocks }),
    ...(!isSame && { then: then! }),
  };
}

function longForm(written: Json | undefined): JsonObject {
  if (typeof written === 'string') return { then: written };
  if (Array.isArray(written)) return { do: written };
  return (written ?? {}) as JsonObject;
}

function withListeners(
  block: JsonObject,
  events: readonly DrawnBoundary[],
  ends: ReadonlyMap<string, string>,
  reading: Reading,
): JsonObject {
  const left = [...events];
  const written = listenersOf(block);
  for (const { id, name } of events) complainOfLost(id, name, written, events, reading);
  const beside: Reading = { ...reading, stops: new Set(ends.keys()), atEnd: 'over', atEndWithin: 'over' };
  const heardAt = (boundary: DrawnBoundary, each: JsonObject): JsonObject => {
    const listener = readListener(each, boundary.to, beside);
    if (boundary.isInterrupting && listener['raise'] === undefined)
      complain(reading, boundary.id, 'it ends its activity, so it has to lead to an end with an error');
    return listener;
  };
  const kept = written.flatMap((each) => {
    const index = left.findIndex(({ name }) => name === each['event']);
    if (index < 0) return isEmpty(each) ? [each] : [];
    const [boundary] = left.splice(index, 1);
    return [heardAt(boundary!, each)];
  });
  const added = left.map((boundary) => heardAt(boundary, { event: boundary.name }));
  const { listen: _, ...others } = block;
  const listen = [...kept, ...added];
  return listen.length === 0 ? others : { ...block, listen };
}

/** What a block, or a saga, hears, as it is written. */
export function listenersOf({ listen }: JsonObject): readonly JsonObject[] {
  return (listen ?? []) as readonly JsonObject[];
}

/** Which of several listeners of one event was taken away cannot be seen. */
export function complainOfLost(
  id: string,
  name: string,
  written: readonly JsonObject[],
  drawn: readonly { readonly name: string }[],
  reading: Reading,
): void {
  const said = written.filter(({ event }) => event === name).length;
  if (said > 1 && drawn.filter((each) => each.name === name).length < said)
    complain(
      reading,
      id,
      `"${name}" is heard ${said} times by the text, and not in the drawing; change both`,
    );
}

/** Does nothing: such a listener is not drawn. */
export function isEmpty({ raise, do: blocks }: JsonObject): boolean {
  return raise === undefined && Array.isArray(blocks) && blocks.length === 0;
}

/** What an event does: it raises an error, unless it comes too late for that, or lets blocks run beside. */
export function readListener(written: JsonObject, entry: string | undefined, reading: Reading): JsonObject {
  const node = entry === undefined ? undefined : reading.graph.nodes.get(entry);
  if (node?.type === 'EndEvent' && node.event === 'Error' && node.block === undefined) {
    reading.seen.add(node.id);
    return { ...written, raise: written['raise'] ?? node.name };
  }
  if (node !== undefined && partOf(node) === 'when') {
    reading.seen.add(node.id);
    const late = node.ways.find(({ name }) => name === 'yes');
    return { ...written, tooLate: blocksBeside(node.id, late?.to, reading) };
  }
  return { ...written, do: blocksBeside(entry ?? reading.graph.of, entry, reading) };
}

function blocksBeside(id: string, entry: string | undefined, reading: Reading): readonly JsonObject[] {
  const { blocks, reached } = reading.readList(entry, reading);
  if (reached.size > 0) complain(reading, id, 'what runs beside a block does not go on behind it');
  return blocks;
}
