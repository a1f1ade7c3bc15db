import type { Json, JsonObject } from '#libs/saga';
import type { DrawnNode, DrawnWay } from './drawn-graph.js';
import {
  complain,
  partOf,
  readWays,
  whereTogether,
  type DrawnPiece,
  type DrawnWays,
  type Reading,
} from './reading.js';
import { kebab, toFillIn } from './skeletons.js';

/** The blocks of ways that are not taken yet, by their names; of ways with the same name in turn. */
interface Untaken {
  take: (name: string) => readonly JsonObject[] | undefined;
  takeDefault: () => readonly JsonObject[] | undefined;
  others: () => DrawnWays['lists'];
}

/** Reads a block from which several ways lead on; `undefined` when it is none. */
export function readBranching(node: DrawnNode, block: JsonObject, reading: Reading): DrawnPiece | undefined {
  if (Object.hasOwn(block, 'choice')) return readChoice(node, block, reading);
  if (Object.hasOwn(block, 'parallel')) return readParallel(node, block, reading);
  const isTask = Object.hasOwn(block, 'task');
  if (!isTask && !Object.hasOwn(block, 'wait')) return undefined;
  const ways = decidedWays(node, reading);
  if (ways === undefined) return undefined;
  const drawn = readWays(node, ways, reading);
  const { next, reached } = drawn;
  const fill = isTask ? withAnswers : withEvents;
  return { block: fill(block, untakenOf(drawn), node, reading), next, reached };
}

/** The ways between which people or events decide: behind a gateway of the block, or a single one with a name. */
function decidedWays({ block, ways }: DrawnNode, { graph, seen }: Reading): readonly DrawnWay[] | undefined {
  const [way] = ways;
  if (block === undefined || way === undefined || ways.length > 1) return undefined;
  const gateway = graph.nodes.get(way.to);
  if (partOf(gateway) !== 'which') return namesOf(block).includes(way.name) ? ways : undefined;
  seen.add(way.to);
  return gateway!.ways;
}

/** What the ways of a task or a wait may be called. */
function namesOf(block: JsonObject): readonly unknown[] {
  if (Object.hasOwn(block, 'task')) return Object.keys((block['answers'] ?? {}) as JsonObject);
  const events = listOf(block['first']).flatMap((each) => [each['event'], withCase(each)]);
  return [block['event'], ...events, ...(block['default'] === undefined ? [] : ['nothing came'])];
}

/** How the way of a case is called where another one waits for the same event. */
function withCase({ event, case: name }: JsonObject): string {
  return `${String(event)} (${String(name)})`;
}

function readChoice(node: DrawnNode, block: JsonObject, reading: Reading): DrawnPiece {
  const drawn = readWays(node, node.ways, reading);
  const untaken = untakenOf(drawn);
  const cases = listOf(block['cases']).map((each) => ({
    ...each,
    do: taken(String(each['case']), untaken, node, reading),
  }));
  const otherwise = elseOf(node, untaken, reading);
  const names = cases.map((each) => String((each as JsonObject)['case']));
  const added = named(untaken.others(), 'way', names).map(([name, blocks, condition]) => ({
    case: name,
    if: toFillIn(`the condition of ${name}${condition && ` (drawn as ${condition})`}`, node.id),
    do: blocks,
  }));
  const head = node.block === undefined ? { choice: kebab(String(block['choice'])) } : {};
  return {
    block: { ...block, ...head, cases: [...cases, ...added], else: otherwise },
    next: drawn.next,
    reached: drawn.reached,
  };
}

/** What comes where no case holds: the way that is called so, or the default of a gateway. */
function elseOf(node: DrawnNode, untaken: Untaken, reading: Reading): Json {
  const blocks = untaken.take('else') ?? untaken.takeDefault();
  if (blocks !== undefined) return blocks;
  if (node.block === undefined) return toFillIn('what to do when no condition holds', node.id);
  return taken('else', untaken, node, reading);
}

function readParallel(node: DrawnNode, block: JsonObject, reading: Reading): DrawnPiece {
  const { graph, seen } = reading;
  const said = node.said?.join;
  const id = said !== undefined && graph.nodes.has(said) ? said : whereTogether(node, node.ways, reading);
  const join = id === undefined ? undefined : graph.nodes.get(id);
  if (join?.type !== 'ParallelGateway' && join?.type !== 'ComplexGateway') {
    complain(reading, node.id, 'its branches have to come together at one parallel gateway');
    return { block, reached: new Set() };
  }
  seen.add(join.id);
  const drawn = readWays(node, node.ways, { ...reading, atEndWithin: 'refused' }, join.id);
  const untaken = untakenOf(drawn);
  const written = Object.keys((block['branches'] ?? {}) as JsonObject).flatMap((name) => {
    const blocks = untaken.take(name);
    return blocks === undefined ? [] : [[name, blocks] as const];
  });
  const added = named(
    untaken.others(),
    'branch',
    written.map(([name]) => name),
  );
  if (join.ways.length > 1) complain(reading, join.id, 'one way has to lead on from where branches meet');
  const isSpecial = join.type === 'ComplexGateway' && block['join'] === undefined;
  const joined = isSpecial ? { join: toFillIn('how many branches', join.id) } : {};
  return {
    block: { ...block, ...joined, branches: Object.fromEntries([...written, ...added]) },
    next: join.ways[0]?.to,
    reached: drawn.reached,
  };
}

function withAnswers(block: JsonObject, untaken: Untaken, node: DrawnNode, reading: Reading): JsonObject {
  const written = Object.entries((block['answers'] ?? {}) as JsonObject).map(([name, answer]) => {
    return [name, withBlocks(answer, taken(name, untaken, node, reading))] as const;
  });
  const added = named(
    untaken.others(),
    'answer',
    written.map(([name]) => name),
  );
  return { ...block, answers: Object.fromEntries([...written, ...added]) };
}

/** An answer, or whatever else may be a list of blocks in short. */
function withBlocks(written: Json, blocks: readonly JsonObject[]): Json {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return blocks;
  return blocks.length === 0 && !Object.hasOwn(written, 'do') ? written : { ...written, do: blocks };
}

function withEvents(block: JsonObject, untaken: Untaken, node: DrawnNode, reading: Reading): JsonObject {
  const behind = typeof block['event'] === 'string' ? taken(block['event'], untaken, node, reading) : [];
  const first = listOf(block['first']).map((each) => ({
    ...each,
    do: untaken.take(withCase(each)) ?? taken(String(each['event']), untaken, node, reading),
  }));
  const fallback = block['default'] as JsonObject | undefined;
  const nothing = fallback === undefined ? [] : taken('nothing came', untaken, node, reading);
  if (behind.length > 0 || untaken.others().length > 0)
    complain(reading, node.id, 'what comes then belongs to no event that it waits for; write it in its text');
  return {
    ...block,
    ...(first.length > 0 && { first }),
    ...(fallback !== undefined && { default: { ...fallback, do: nothing } }),
  };
}

/** The blocks of a way. Beside a block nothing is drawn where nothing comes. */
function taken(name: string, untaken: Untaken, node: DrawnNode, reading: Reading): readonly JsonObject[] {
  const blocks = untaken.take(name);
  if (blocks === undefined && reading.atEndWithin !== 'over')
    complain(
      reading,
      node.id,
      `there is no way "${name}" any more; take it out of the text of the element too`,
    );
  return blocks ?? [];
}

/** Ways that were drawn by hand, by names that nothing else there has. */
function named(
  lists: DrawnWays['lists'],
  what: string,
  there: readonly string[],
): readonly (readonly [name: string, blocks: readonly JsonObject[], condition: string])[] {
  const names = new Set(there);
  return lists.map(({ way, blocks }, index) => {
    const wanted = kebab(way.name) || `${what}-${index + 1}`;
    let name = wanted;
    for (let count = 2; names.has(name); count++) name = `${wanted}-${count}`;
    names.add(name);
    return [name, blocks, way.condition];
  });
}

function untakenOf({ lists }: DrawnWays): Untaken {
  const left = [...lists];
  const take = (isIt: (way: DrawnWay) => boolean): readonly JsonObject[] | undefined => {
    const index = left.findIndex(({ way }) => isIt(way));
    return index < 0 ? undefined : left.splice(index, 1)[0]!.blocks;
  };
  return {
    take: (name) => take((way) => way.name === name),
    takeDefault: () => take(({ isDefault }) => isDefault),
    others: () => left,
  };
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}
