import type { Path } from '../document/source-document.js';

/** What a node of a graph is: a block by its head, or what stands between and around blocks. */
export type FlowKind =
  /** Where a graph begins, and where it goes on to whatever is behind it. */
  | 'start'
  | 'done'
  /** One of several ways is taken; all of several ways are taken; they come together. */
  | 'way'
  | 'fork'
  | 'join'
  /** Everything is undone; a person is called. Nothing comes behind them. */
  | 'undone'
  | 'incident'
  /** What is done about an error, or an event, that reaches the saga wherever it stands. */
  | 'caught'
  | 'heard'
  | 'step'
  | 'task'
  | 'wait'
  | 'parallel'
  | 'forEach'
  | 'choice'
  | 'repeat'
  | 'group'
  | 'decide'
  | 'set'
  | 'emit'
  | 'lock'
  | 'saga'
  | 'include'
  | 'raise'
  | 'end';

/** Something outside of the saga that a block deals with. */
export interface Contact {
  /** What it is for. */
  readonly way: 'asks' | 'verifies' | 'undoes' | 'hears' | 'tells' | 'people' | 'runs' | 'follows' | 'knows';
  /** The command, event, role, saga or fact. */
  readonly name: string;
  /** The participant, saga or role behind it. */
  readonly party: string;
  /** Who answers for that. */
  readonly owner?: string;
}

/** How a block is undone: by what, or why not at all. */
export type UndoNote =
  | { readonly kind: 'undone'; readonly by: readonly string[]; readonly coolDown?: string }
  | { readonly kind: 'kept'; readonly because: string };

/** One thing in the flow of a saga. */
export interface FlowNode {
  /** Unique in the saga. */
  readonly id: string;
  readonly kind: FlowKind;
  /** What people read. */
  readonly label: string;
  /** Who answers for the block: itself, a block around it, the saga or the namespace. */
  readonly owner?: string;
  readonly contacts: readonly Contact[];
  /** From here the saga only goes forward. */
  readonly isPivot?: true;
  readonly undo?: UndoNote;
  /** Why nobody can look into how this comes to its answer. */
  readonly opaque?: string;
  /** Business errors that it may raise itself. */
  readonly raises?: readonly string[];
  /** What of the flow is decided here, as it is written. */
  readonly decides?: string;
  /** Where in the document of the saga it is said; absent for what is said elsewhere, as in fragments and standards. */
  readonly writtenAt?: Path;
  /** What it holds. */
  readonly inside?: FlowGraph;
}

/** The way from one node to another. */
export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  /** In the ordinary course of things, because of an error, or because of an event. */
  readonly kind: 'flow' | 'error' | 'event';
  /** The case, answer, error or event. */
  readonly label?: string;
  /** It leads back: how a block is begun again. */
  readonly again?: string;
}

/** The flow of a saga, or of a block that holds others. Edges never leave the graph they stand in. */
export interface FlowGraph {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

/** All nodes of a graph and of what is inside of them, in the order of the text. */
export function allNodes({ nodes }: FlowGraph): readonly FlowNode[] {
  return nodes.flatMap((node) => [node, ...(node.inside === undefined ? [] : allNodes(node.inside))]);
}
