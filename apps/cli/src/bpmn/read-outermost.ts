import type { JsonObject } from '#libs/saga';
import type { DrawnNode } from './drawn-graph.js';
import {
  complainOfLost,
  endsOf,
  handlerOf,
  isEmpty,
  listenersOf,
  readHandler,
  readListener,
} from './read-handlers.js';
import { complain, complainOfUnreached, isPlainEnd, partOf, type Reading } from './reading.js';

/** What is done about errors and events wherever the saga stands. */
export function withOutermost(saga: JsonObject, reading: Reading): JsonObject {
  const drawn = reading.graph.outermost.filter((node) => partOf(node) !== 'foreign');
  return drawn.reduce(
    (before, node, index) => {
      const isSame = (other: DrawnNode): boolean =>
        nameOf(other) === nameOf(node) && startOf(other)?.event === startOf(node)?.event;
      return withOne(before, node, drawn.slice(0, index).filter(isSame).length, reading);
    },
    withoutTheirs(saga, drawn, reading),
  );
}

/** Without what is not drawn any more. */
function withoutTheirs(saga: JsonObject, drawn: readonly DrawnNode[], reading: Reading): JsonObject {
  const about = (kind: string): readonly DrawnNode[] => drawn.filter((node) => startOf(node)?.event === kind);
  const errors = new Set(about('Error').map(nameOf));
  const heard = about('Message').map((node) => ({ id: node.id, name: nameOf(node) }));
  for (const { id, name } of heard) complainOfLost(id, name, listenersOf(saga), heard, reading);
  const { catch: caught, listen: _, ...others } = saga;
  const keptErrors = Object.entries((caught ?? {}) as JsonObject).filter(([name]) => errors.has(name));
  const keptEvents = listenersOf(saga).filter(
    (each) => heard.some(({ name }) => name === each['event']) || isEmpty(each),
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
  if (start.event === 'Error' && earlier > 0)
    complain(around, node.id, `"${nameOf(node)}" is caught here twice`);
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
  const written = listenersOf(saga);
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
