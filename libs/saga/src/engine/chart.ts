import { iterationKeys, iterationSuffix } from '../operation-name.js';
import type { LoggedNode, Node, ScopeNode } from '../node.js';
import type { Program } from '../program.js';
import type { WaitAsk } from '../wait-node.js';

/** Where a node stands in its program. */
export interface Site<N extends Node = Node> {
  readonly node: N;
  readonly parent?: Site;
  readonly children: readonly Site[];
  /** What the parent calls it: position, leg or case; of a scope's children: the error handled, '' for the body, or a listener. */
  readonly slot: string;
  readonly depth: number;
  /** Bodies of loops around it, outermost first, and itself if it is one: it has an iteration of each. */
  readonly bodies: readonly Site[];
  /** What the blocks that this site belongs to undo; absent in the flow itself. */
  readonly undoes?: Site;
  /** The blocks that undo what is done here, if blocks do it: a tree of its own. */
  readonly undo?: Site;
  /** The place of a site outside loops. */
  readonly place?: Place<N>;
}

/** A site in one iteration of the loops around it; `key` names it in the state. */
export interface Place<N extends Node = Node> {
  readonly site: Site<N>;
  readonly iteration: readonly string[];
  readonly key: string;
}

/** A program, indexed once. */
export interface Chart {
  readonly program: Program;
  readonly root: Place;
  readonly sites: ReadonlyMap<string, Site>;
  /** What can have an entry in the undo log, by the block that operation names begin with. */
  readonly logged: ReadonlyMap<string, Site<LoggedNode>>;
  /** Whether there are locks whose tokens commands have to carry. */
  readonly hasLocks: boolean;
  /** Whether any of these is told where the saga stands. */
  readonly tellsHolders: boolean;
  /** Asks for anything outside the participants, likewise. */
  readonly waits: ReadonlyMap<string, Site<WaitAsk>>;
}

/** What a scope calls the ask of a listener, by its position. No error is called like that. */
export const askSlot = 'listen:';

/** What a scope calls the blocks that a listener runs. */
export const besideSlot = 'beside:';

const charts = new WeakMap<Program, Chart>();

/** The chart of a program; made when it is first needed. */
export function chartOf(program: Program): Chart {
  const known = charts.get(program);
  if (known !== undefined) return known;
  const chart = drawChart(program);
  charts.set(program, chart);
  return chart;
}

/** The place of `site` in an iteration of its loops, or in an iteration inside of them. */
export function placeIn<N extends Node>(site: Site<N>, iteration: readonly string[]): Place<N> {
  if (site.place !== undefined) return site.place;
  const own = iteration.slice(0, site.bodies.length);
  return { site, iteration: own, key: site.node.id + iterationSuffix(own) };
}

/** The place that a key of the state names. */
export function placeAt(chart: Chart, key: string): Place {
  const place = chart.sites.get(key)?.place;
  if (place !== undefined) return place;
  const at = key.lastIndexOf('@');
  return placeIn(chart.sites.get(key.slice(0, at))!, iterationKeys(key.slice(at + 1)));
}

/** The place around this one. */
export function parentOf(place: Place): Place | undefined {
  const { parent } = place.site;
  return parent && placeIn(parent, place.iteration);
}

/** The place of a child; `key` is the iteration where the parent is a loop or has items. */
export function childOf(place: Place, index: number, key?: string): Place {
  return placeIn(
    place.site.children[index]!,
    key === undefined ? place.iteration : [...place.iteration, key],
  );
}

/** What the blocks at `place` undo, where they are there to undo something. */
export function undoneBy(place: Place): Place | undefined {
  const { undoes } = place.site;
  return undoes && placeIn(undoes, place.iteration);
}

/** The place itself and everything around it, inside out. */
export function pathFrom(place: Place): readonly Place[] {
  const path: Place[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = parentOf(at)) path.push(at);
  return path;
}

/** Whether `place` is `outer` or lies inside of it. */
export function isWithin(place: Place, outer: Place): boolean {
  if (place.site.depth < outer.site.depth) return false;
  return ancestorAt(place, outer.site.depth).key === outer.key;
}

/** Whether two places lie in different legs of one `par`. */
export function areParallel(one: Place, other: Place): boolean {
  const depth = Math.min(one.site.depth, other.site.depth);
  let left: Place | undefined = ancestorAt(one, depth);
  let right: Place | undefined = ancestorAt(other, depth);
  if (left.key === right.key) return false;
  while (left !== undefined && right !== undefined) {
    const above: Place | undefined = parentOf(left);
    const beside: Place | undefined = parentOf(right);
    if (above !== undefined && above.key === beside?.key) return above.site.node.kind === 'par';
    left = above;
    right = beside;
  }
  return false;
}

function ancestorAt(place: Place, depth: number): Place {
  let { site } = place;
  while (site.depth > depth) site = site.parent!;
  return placeIn(site, place.iteration);
}

function drawChart(program: Program): Chart {
  const sites = new Map<string, Site>();
  const logged = new Map<string, Site<LoggedNode>>();
  const waits = new Map<string, Site<WaitAsk>>();
  const root = drawSite(program.root, '', undefined, (site) => {
    if (sites.has(site.node.id))
      throw new TypeError(`two nodes of ${program.definition} have the id ${site.node.id}`);
    sites.set(site.node.id, site);
    if (isLogged(site)) logged.set(site.node.block!, site);
    if (isWait(site)) waits.set(site.node.block, site);
  });
  const hasLocks = [...waits.values()].some(({ node }) => node.channel === 'lock');
  const tellsHolders = [...waits.values()].some(
    ({ node }) => node.channel === 'lock' && node.tellsStatus === true,
  );
  return { program, root: root.place!, sites, logged, hasLocks, tellsHolders, waits };
}

function drawSite(
  node: Node,
  slot: string,
  parent: Site | undefined,
  visit: (site: Site) => void,
  undoes: Site | undefined = parent?.undoes,
): Site {
  const children: Site[] = [];
  const site: { -readonly [Key in keyof Site]: Site[Key] } = {
    node,
    slot,
    children,
    bodies: [],
    depth: (parent?.depth ?? -1) + 1,
  };
  if (parent !== undefined) site.parent = parent;
  if (undoes !== undefined) site.undoes = undoes;
  if (parent !== undefined)
    site.bodies = isRepeated(parent.node, slot) ? [...parent.bodies, site] : parent.bodies;
  else if (undoes !== undefined) site.bodies = undoes.bodies;
  if (site.bodies.length === 0) site.place = { site, iteration: [], key: node.id };
  visit(site);
  for (const [name, child] of childrenOf(node)) children.push(drawSite(child, name, site, visit));
  const list = undoListOf(node);
  if (list !== undefined) site.undo = drawSite(list, '', undefined, visit, site);
  return site;
}

function childrenOf(node: Node): readonly (readonly [string, Node])[] {
  switch (node.kind) {
    case 'seq':
      return node.children.map((child, position) => [String(position), child]);
    case 'par':
      return node.items === undefined
        ? node.legs.map((leg) => [leg.name, leg.child])
        : [['', node.items.child]];
    case 'pick':
      return [
        ...node.cases.map((option) => [option.name, option.child] as const),
        ...(node.otherwise === undefined ? [] : [['else', node.otherwise] as const]),
      ];
    case 'loop':
      return [['', node.child]];
    case 'scope':
      return [['', node.child], ...handlersOf(node.handlers), ...listenersOf(node.listeners)];
    case 'ask':
    case 'calc':
    case 'tell':
    case 'raise':
      return [];
  }
}

function handlersOf(
  handlers: Readonly<Record<string, { readonly child?: Node }>>,
): readonly (readonly [string, Node])[] {
  return Object.entries(handlers).flatMap(([error, { child }]) =>
    child === undefined ? [] : [[error, child] as const],
  );
}

function listenersOf(listeners: ScopeNode['listeners'] = []): readonly (readonly [string, Node])[] {
  return listeners.flatMap(({ ask, child }, position) => [
    [`${askSlot}${position}`, ask] as const,
    ...(child === undefined ? [] : [[`${besideSlot}${position}`, child] as const]),
  ]);
}

/** Is a child of that name there once for each iteration? */
function isRepeated(node: Node, slot: string): boolean {
  return (
    node.kind === 'loop' ||
    (node.kind === 'par' && node.items !== undefined) ||
    (node.kind === 'scope' && slot.startsWith(besideSlot))
  );
}

function undoListOf(node: Node): Node | undefined {
  const undo =
    node.kind === 'scope' || node.kind === 'ask' ? ('undo' in node ? node.undo : undefined) : undefined;
  return undo !== undefined && 'child' in undo ? undo.child : undefined;
}

function isLogged(site: Site): site is Site<LoggedNode> {
  const { node } = site;
  if (node.kind === 'scope') return node.undo !== undefined;
  return node.kind === 'ask' && ['command', 'lock', 'saga'].includes(node.channel);
}

function isWait(site: Site): site is Site<WaitAsk> {
  const { node } = site;
  return node.kind === 'ask' && node.channel !== 'command' && node.channel !== 'time';
}
