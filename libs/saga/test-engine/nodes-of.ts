import type { Node } from '../src/node.js';

/** Every node of a tree. */
export function nodesOf(node: Node): readonly Node[] {
  const inside = (children: readonly (Node | undefined)[]): readonly Node[] => [
    node,
    ...children.flatMap((child) => (child === undefined ? [] : nodesOf(child))),
  ];
  switch (node.kind) {
    case 'seq':
      return inside(node.children);
    case 'par':
      return inside([...node.legs.map(({ child }) => child), node.items?.child]);
    case 'pick':
      return inside([...node.cases.map(({ child }) => child), node.otherwise]);
    case 'loop':
      return inside([node.child]);
    case 'scope':
      return inside([
        node.child,
        ...Object.values(node.handlers).map(({ child }) => child),
        ...(node.listeners ?? []).flatMap(({ ask, child }) => [ask, child]),
      ]);
    case 'ask':
    case 'calc':
    case 'tell':
    case 'raise':
      return [node];
  }
}
