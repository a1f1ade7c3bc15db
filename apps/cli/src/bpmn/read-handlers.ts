import type { Json, JsonObject } from '#libs/saga';
import type { DrawnBoundary, DrawnGraph, DrawnNode } from './drawn-graph.js';
import {
  complain,
  complainOfUnreached,
  isPlainEnd,
  partOf,
  type DrawnPiece,
  type Reading,
} from './reading.js';

/** Where a handler leads that has been read: to the stop it comes to, and what that means. */
interface Leads {
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
function endsOf({ nodes }: DrawnGraph): readonly (readonly [string, string])[] {
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

function readHandler(
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
function handlerOf(written: Json | undefined, { blocks, then }: Leads): Json {
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
  const written = (block['listen'] ?? []) as readonly JsonObject[];
  const beside: Reading = { ...reading, stops: new Set(ends.keys()), atEnd: 'over', atEndWithin: 'over' };
  const heardAt = (boundary: DrawnBoundary, each: JsonObject): JsonObject => {
    const listener = readListener(each, boundary.to, beside);
    if (boundary.isInterrupting && listener['raise'] === undefined)
      complain(reading, boundary.id, 'it ends its activity, so it has to lead to an end with an error');
    return listener;
  };
  const kept = written.flatMap((each) => {
    const index = left.findIndex(({ name }) => name === each['event']);
    // What would do nothing is not drawn.
    if (index < 0) return isEmpty(each) ? [each] : [];
    const [boundary] = left.splice(index, 1);
    return [heardAt(boundary!, each)];
  });
  const added = left.map((boundary) => heardAt(boundary, { event: boundary.name }));
  const { listen: _, ...others } = block;
  const listen = [...kept, ...added];
  return listen.length === 0 ? others : { ...block, listen };
}

function isEmpty({ raise, do: blocks }: JsonObject): boolean {
  return raise === undefined && Array.isArray(blocks) && blocks.length === 0;
}

/** What an event does: it raises an error, unless it comes too late for that, or lets blocks run beside. */
function readListener(written: JsonObject, entry: string | undefined, reading: Reading): JsonObject {
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

/** What is done about errors and events wherever the saga stands. */
export function withOutermost(saga: JsonObject, reading: Reading): JsonObject {
  const drawn = reading.graph.outermost.filter((node) => partOf(node) !== 'foreign');
  return drawn.reduce(
    (before, node, index) => {
      const earlier = drawn.slice(0, index).filter((other) => nameOf(other) === nameOf(node));
      return withOne(before, node, earlier.length, reading);
    },
    withoutTheirs(saga, drawn),
  );
}

/** Without what is not drawn any more. */
function withoutTheirs(saga: JsonObject, drawn: readonly DrawnNode[]): JsonObject {
  const named = (kind: string): ReadonlySet<string> =>
    new Set(drawn.flatMap((node) => (startOf(node)?.event === kind ? [nameOf(node)] : [])));
  const errors = named('Error');
  const events = named('Message');
  const { catch: caught, listen, ...others } = saga;
  const keptErrors = Object.entries((caught ?? {}) as JsonObject).filter(([name]) => errors.has(name));
  const keptEvents = ((listen ?? []) as readonly JsonObject[]).filter(
    (each) => events.has(String(each['event'])) || isEmpty(each),
  );
  return {
    ...others,
    ...(keptErrors.length > 0 && { catch: Object.fromEntries(keptErrors) }),
    ...(keptEvents.length > 0 && { listen: keptEvents }),
  };
}

function withOne(saga: JsonObject, node: DrawnNode, earlier: number, around: Reading): JsonObject {
  const graph = node.inside!;
  const start = startOf(node);
  const reading: Reading = { ...around, graph, seen: new Set() };
  if (start?.event === undefined || start.ways.length > 1) {
    complain(around, node.id, 'it has to begin with one error or one message');
    return saga;
  }
  const changed =
    start.event === 'Error' ? withError(saga, node, reading) : withEvent(saga, node, earlier, reading);
  reading.seen.add(start.id);
  complainOfUnreached(reading);
  return changed;
}

function withError(saga: JsonObject, node: DrawnNode, reading: Reading): JsonObject {
  const { graph } = reading;
  const name = nameOf(node);
  const to = startOf(node)!.ways[0]?.to;
  const done = [...graph.nodes.values()].filter(isPlainEnd).map(({ id }) => [id, 'continue'] as const);
  const leads = readHandler(node.id, to, new Map([...done, ...endsOf(graph)]), reading);
  const written = (saga['catch'] ?? {}) as JsonObject;
  return { ...saga, catch: { ...written, [name]: handlerOf(written[name], leads) } };
}

function withEvent(saga: JsonObject, node: DrawnNode, earlier: number, reading: Reading): JsonObject {
  const name = nameOf(node);
  const written = (saga['listen'] ?? []) as readonly JsonObject[];
  // The same event may be heard twice: its listeners are drawn in the order they are written in.
  const index = written.flatMap(({ event }, at) => (event === name ? [at] : []))[earlier] ?? -1;
  const beside: Reading = { ...reading, atEnd: 'over', atEndWithin: 'over' };
  const listener = readListener(written[index] ?? { event: name }, startOf(node)!.ways[0]?.to, beside);
  return { ...saga, listen: index < 0 ? [...written, listener] : written.with(index, listener) };
}

function startOf({ inside }: DrawnNode): DrawnNode | undefined {
  return [...inside!.nodes.values()].find(({ type }) => type === 'StartEvent');
}

function nameOf(node: DrawnNode): string {
  return startOf(node)?.name || node.name;
}
