import { childrenOf, nodesIn, undoOf } from '../compiler/node-walk.js';
import { chartOf } from '../engine/chart.js';
import type { AskNode, Node } from '../node.js';
import type { NeededFact, Program } from '../program.js';
import type { Trigger } from '../starting/trigger.js';

/** What a program says to the outside and hears from it. */
export interface Outside {
  /** What is asked for, by block. */
  readonly asks: ReadonlyMap<string, AskNode>;
  /** Of blocks inside of `repeat`: which parts of their iterations only count. */
  readonly counters: ReadonlyMap<string, readonly boolean[]>;
  /** Every block that leaves a result. */
  readonly blocks: readonly string[];
  /** Blocks that do several things beside each other. */
  readonly joins: readonly string[];
  /** Blocks that a loop may do several times. */
  readonly repeated: ReadonlySet<string>;
  /** Blocks that undo something. */
  readonly undoing: ReadonlySet<string>;
  /** Every command. */
  readonly calls: readonly string[];
  /** Every event it publishes. */
  readonly emits: readonly string[];
  /** Every event it waits for. */
  readonly hears: readonly string[];
  /** Every fact it asks for. */
  readonly facts: readonly string[];
  /** Those of them that one source alone may tell. */
  readonly sourced: readonly string[];
  /** Names given by `end`. */
  readonly results: readonly string[];
  readonly toggles: readonly string[];
  readonly gates: readonly string[];
}

const known = new WeakMap<Program, Outside>();

/** What the outside of a program is. */
export function outsideOf(program: Program): Outside {
  const found = known.get(program) ?? look(program);
  known.set(program, found);
  return found;
}

function look(program: Program): Outside {
  const nodes = nodesIn(program.root);
  const asks = nodes.filter((node) => node.kind === 'ask');
  return {
    asks: new Map(asks.map((ask) => [ask.block, ask] as const)),
    counters: new Map(asks.flatMap((ask) => countersOf(program, ask))),
    blocks: blocksIn(nodes),
    joins: blocksIn(nodes.filter(({ kind }) => kind === 'par')),
    repeated: new Set(blocksIn(nodes.flatMap(repeatedIn))),
    undoing: new Set(blocksIn(nodes.flatMap(undoingIn))),
    calls: program.calls,
    emits: program.emits,
    hears: [...new Set(asks.flatMap(eventsOf))],
    facts: factsIn(program, () => true),
    sourced: factsIn(program, ({ source }) => source !== undefined),
    results: [
      ...new Set(
        nodes.flatMap((node) =>
          node.kind === 'raise' && node.signal.kind === 'end' ? [node.signal.result] : [],
        ),
      ),
    ],
    toggles: Object.keys(program.toggles ?? {}),
    gates: [...new Set(program.triggers.flatMap(reasonsOf))],
  };
}

function factsIn({ facts = [] }: Program, isMeant: (fact: NeededFact) => boolean): readonly string[] {
  return facts.filter(isMeant).map(({ fact }) => fact);
}

function countersOf(program: Program, { id, block }: AskNode): readonly (readonly [string, boolean[]])[] {
  const counters = chartOf(program)
    .sites.get(id)!
    .bodies.map(({ parent }) => parent!.node.kind === 'loop');
  return counters.includes(true) ? [[block, counters]] : [];
}

function eventsOf(ask: AskNode): readonly string[] {
  if (ask.channel === 'event') return ask.subscriptions.map(({ event }) => event);
  if (ask.channel !== 'command') return [];
  return [ask.confirm, ask.answeredBy].flatMap((heard) => (heard === undefined ? [] : [heard.event.event]));
}

function blocksIn(nodes: readonly Node[]): readonly string[] {
  return [
    ...new Set(nodes.flatMap((node) => ('block' in node && node.block !== undefined ? [node.block] : []))),
  ];
}

function repeatedIn(node: Node): readonly Node[] {
  const isLoop = node.kind === 'loop' || (node.kind === 'par' && node.items !== undefined);
  return isLoop ? childrenOf(node).flatMap(nodesIn) : [];
}

function undoingIn(node: Node): readonly Node[] {
  const undo = undoOf(node);
  return undo !== undefined && 'child' in undo ? nodesIn(undo.child) : [];
}

/** Why a trigger may keep something out. */
function reasonsOf({ gates, requires }: Trigger): readonly string[] {
  return [...gates.map(({ name }) => name), ...(requires === undefined ? [] : ['stale'])];
}
