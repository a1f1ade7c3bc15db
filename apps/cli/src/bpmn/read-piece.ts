import type { JsonObject } from '#libs/saga';
import type { DrawnGraph, DrawnNode } from './drawn-graph.js';
import { readBranching } from './read-branching.js';
import { withHandlers } from './read-handlers.js';
import { complain, NOWHERE, partOf, readWays, type DrawnPiece, type Reading } from './reading.js';
import { kebab, skeletonOf } from './skeletons.js';

/** Reads the block that begins at an element, with everything that belongs to it. */
export function readPiece(node: DrawnNode, reading: Reading): DrawnPiece | undefined {
  if (partOf(node) === 'if') return readCondition(node, reading);
  const piece = bodyOf(node, reading);
  return piece === undefined ? undefined : withHandlers(node, piece, reading);
}

function bodyOf(node: DrawnNode, reading: Reading): DrawnPiece | undefined {
  const part = partOf(node);
  if (part === 'whole') return readWhole(node, reading);
  const block = part === undefined ? (node.block ?? skeletonOf(node, reading.nameFor)) : undefined;
  if (block === undefined) {
    complain(reading, node.id, 'it means nothing where it stands');
    return undefined;
  }
  return readBranching(node, block, reading) ?? readSingle(node, block, reading);
}

/** A gateway that lets a block be passed over. */
function readCondition(node: DrawnNode, reading: Reading): DrawnPiece | undefined {
  const otherwise = node.ways.find(({ name }) => name === 'no');
  const ways = node.ways.filter((way) => way !== otherwise);
  if (ways.length !== 1 || otherwise === undefined) {
    complain(reading, node.id, 'a condition has two ways, "yes" and "no"');
    return undefined;
  }
  const { lists, next, reached } = readWays(node, ways, reading, otherwise.to);
  const { blocks } = lists[0]!;
  const condition = node.said?.text ?? '';
  const [block] = blocks;
  if (blocks.length === 1) return { block: { ...block, if: block!['if'] ?? condition }, next, reached };
  const name = kebab(reading.nameFor(node));
  const choice = { choice: name, cases: [{ case: kebab('yes'), if: condition, do: blocks }], else: [] };
  return { block: choice, next, reached };
}

/** A sub-process that only holds a block together with what comes behind its answers. */
function readWhole(node: DrawnNode, reading: Reading): DrawnPiece {
  const blocks = reading.readInside(node.inside!, 'refused');
  const [block] = blocks;
  const whole =
    blocks.length === 1
      ? { ...block!, ...handlersIn(node.inside!) }
      : { group: reading.nameFor(node), do: blocks };
  return { block: whole, next: only(node, reading), reached: NOWHERE };
}

/** What its block says of errors and events is drawn around it. */
function handlersIn({ nodes }: DrawnGraph): JsonObject {
  const start = [...nodes.values()].find(({ type }) => type === 'StartEvent');
  const { catch: caught, listen } = nodes.get(start?.ways[0]?.to ?? '')?.block ?? {};
  return { ...(caught !== undefined && { catch: caught }), ...(listen !== undefined && { listen }) };
}

function readSingle(node: DrawnNode, block: JsonObject, reading: Reading): DrawnPiece {
  const { inside } = node;
  const holds = inside !== undefined && !Object.hasOwn(block, 'include');
  const held = holds ? { do: reading.readInside(inside, 'refused') } : {};
  return { block: { ...block, ...held }, next: only(node, reading), reached: NOWHERE };
}

/** Where an activity goes on. */
function only({ id, ways }: DrawnNode, reading: Reading): string | undefined {
  if (ways.length > 1)
    complain(reading, id, 'all of its ways would be taken; put a gateway behind it that says which');
  return ways[0]?.to;
}
