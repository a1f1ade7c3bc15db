import { TASK_NOTICES } from '../beside/task.js';
import type { Node, Undo } from '../node.js';
import type { FactAsk } from '../wait-node.js';

/** A node and all that is below it. */
export function nodesIn(node: Node): readonly Node[] {
  return [node, ...childrenOf(node).flatMap(nodesIn)];
}

/** Every command a tree may send, verifications and undos included. */
export function callsIn(tree: Node): readonly string[] {
  return nodesIn(tree).flatMap((node) => {
    const own = node.kind === 'ask' && node.channel === 'command' ? [node.call, node.verify?.call] : [];
    const undo = undoOf(node);
    const undoing = [undo !== undefined && 'call' in undo ? undo.call : undefined, undo?.unless?.query?.call];
    return [...own, ...undoing].filter((call) => call !== undefined);
  });
}

/** Every event a tree may wait for, with how long before it is asked for it may have come. */
export function awaitsIn(tree: Node): readonly { readonly event: string; readonly earlyMs: number }[] {
  return nodesIn(tree).flatMap((node) => {
    if (node.kind !== 'ask') return [];
    switch (node.channel) {
      case 'event':
        return node.subscriptions.map(({ event }) => ({ event, earlyMs: node.earlyMs ?? 0 }));
      case 'command':
        return [node.confirm, node.answeredBy].flatMap((heard) =>
          heard === undefined ? [] : [{ event: heard.event.event, earlyMs: 0 }],
        );
      default:
        return [];
    }
  });
}

/** Every fact a tree may ask for, with how old it may be. */
export function factsIn(tree: Node): readonly Pick<FactAsk, 'fact' | 'freshMs' | 'readBy'>[] {
  return nodesIn(tree).flatMap((node) => (node.kind === 'ask' && node.channel === 'fact' ? [node] : []));
}

/** Every definition that a tree may run another saga of. */
export function sagasIn(tree: Node): readonly string[] {
  return nodesIn(tree).flatMap((node) =>
    node.kind === 'ask' && node.channel === 'saga' ? [node.definition] : [],
  );
}

/** Every event a tree may publish. */
export function emitsIn(tree: Node): readonly string[] {
  return nodesIn(tree).flatMap((node) => {
    if (node.kind === 'tell') return [node.event];
    return node.kind === 'ask' && node.channel === 'task' ? TASK_NOTICES : [];
  });
}

/** Every exceptional path through a tree that a handler opens. One that only calls for a person leads nowhere. */
export function handledPathsIn(tree: Node): readonly string[] {
  return nodesIn(tree).flatMap((node) =>
    node.kind === 'scope'
      ? Object.values(node.handlers).flatMap(({ path, then, child }) =>
          then === 'incident' && child === undefined ? [] : [path],
        )
      : [],
  );
}

/** How what a node does is undone, if there is a way. */
export function undoOf(node: Node): Undo | undefined {
  return node.kind === 'ask' || node.kind === 'scope' ? ('undo' in node ? node.undo : undefined) : undefined;
}

/** The nodes right below a node, what handlers hold and the blocks that undo it included. */
export function childrenOf(node: Node): readonly Node[] {
  const undo = undoOf(node);
  return [...flowChildrenOf(node), ...(undo !== undefined && 'child' in undo ? [undo.child] : [])];
}

function flowChildrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'seq':
      return node.children;
    case 'par':
      return [...node.legs, ...(node.items === undefined ? [] : [node.items])].map(({ child }) => child);
    case 'pick':
      return [
        ...node.cases.map(({ child }) => child),
        ...(node.otherwise === undefined ? [] : [node.otherwise]),
      ];
    case 'loop':
      return [node.child];
    case 'scope':
      return [
        node.child,
        ...Object.values(node.handlers).flatMap(({ child }) => (child === undefined ? [] : [child])),
        ...(node.listeners ?? []).flatMap(({ ask, child }) => (child === undefined ? [ask] : [ask, child])),
      ];
    case 'ask':
    case 'calc':
    case 'tell':
    case 'raise':
      return [];
  }
}
