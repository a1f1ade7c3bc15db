import { compileDefinitions, type DefinitionSource } from '../compiler/compile-definitions.js';
import { withTheirStandards } from '../compiler/standards.js';
import { at, rootOf, textAt, type Cursor } from '../document/cursor.js';
import { parseDocuments } from '../document/parse-documents.js';
import { endsOf, startsOf } from './contacts.js';
import { drawOutermost } from './draw-handlers.js';
import { drawList } from './draw-list.js';
import { allNodes, type Contact, type FlowGraph, type FlowNode } from './flow-graph.js';
import { handoffsIn, type Handoff } from './handoffs.js';
import { landscapeOf, type Landscape } from './landscape.js';
import { closed } from './piece.js';

/** A saga as it is seen from outside: its flow, and what is worth knowing of it in lists. */
export interface SagaSurvey {
  readonly saga: string;
  readonly version: number;
  readonly title?: string;
  readonly owner?: string;
  readonly graph: FlowGraph;
  /** What is never undone, and why. */
  readonly kept: readonly { readonly block: string; readonly because: string }[];
  readonly handoffs: readonly Handoff[];
  /** Where it is decided how to go on. */
  readonly decisions: readonly { readonly block: string; readonly decides: string }[];
  /** Everything outside that a block deals with, in the order of the text. */
  readonly touchpoints: readonly Touchpoint[];
  /** Blocks that come to their answer in a way nobody can look into, and how large their share is of all that work or decide. */
  readonly opaque: { readonly blocks: readonly OpaqueBlock[]; readonly of: number; readonly share: number };
}

/** A contact of a block. */
export interface Touchpoint extends Contact {
  /** `start` for what starts the saga, `end` for what it tells in the end. */
  readonly block: string;
  /** Who answers for the block. */
  readonly blockOwner?: string;
  /** Somebody else answers for the other side. */
  readonly crosses: boolean;
}

/** A block nobody can look into, and why. */
export interface OpaqueBlock {
  readonly block: string;
  readonly because: string;
}

/** Surveys every saga that compiles, in the order they were written. */
export function surveySagas(
  sources: readonly DefinitionSource[],
  files: Readonly<Record<string, string>> = {},
): readonly SagaSurvey[] {
  const documents = withTheirStandards(
    sources.flatMap((source) =>
      'data' in source ? [source] : parseDocuments(source.text, source.file).documents,
    ),
  );
  const { programs } = compileDefinitions(documents, files);
  const land = landscapeOf(documents);
  const roots = documents.map(rootOf);
  return programs.flatMap(({ definition, version }) => {
    const saga = roots.find(
      (root) => textAt(root, 'saga') === definition && at(root, 'version')?.value === version,
    );
    return saga === undefined ? [] : [surveyed(saga, land)];
  });
}

function surveyed(saga: Cursor, land: Landscape): SagaSurvey {
  const title = textAt(saga, 'title');
  const owner = land.ownerOf(saga);
  const graph = graphOf(saga, owner, land);
  const nodes = allNodes(graph);
  return {
    saga: textAt(saga, 'saga')!,
    version: Number(at(saga, 'version')!.value),
    ...(title !== undefined && { title }),
    ...(owner !== undefined && { owner }),
    graph,
    kept: nodes.flatMap(({ id, undo }) =>
      undo?.kind === 'kept' ? [{ block: id, because: undo.because }] : [],
    ),
    handoffs: handoffsIn(graph),
    decisions: nodes.flatMap(({ id, decides }) => (decides === undefined ? [] : [{ block: id, decides }])),
    touchpoints: nodes.flatMap((node) => touchpointsOf(node, owner)),
    opaque: opaqueIn(nodes),
  };
}

function graphOf(saga: Cursor, owner: string | undefined, land: Landscape): FlowGraph {
  const scene = { land, saga, drawList, ...(owner !== undefined && { owner }) };
  const whole = { ...(owner !== undefined && { owner }) };
  const begin = { id: 'start', contacts: startsOf(saga, land), ...whole };
  const end = { id: 'end', contacts: endsOf(saga, land), ...whole };
  const { nodes, edges } = closed('saga', drawList(at(saga, 'steps'), 'saga', scene), begin);
  const ends = nodes.map((node) => (node.id === 'saga:done' ? { ...node, ...end } : node));
  return {
    nodes: [...ends, ...drawOutermost(saga, scene)],
    edges: edges.map((edge) => (edge.to === 'saga:done' ? { ...edge, to: end.id } : edge)),
  };
}

function touchpointsOf(node: FlowNode, around: string | undefined): readonly Touchpoint[] {
  const blockOwner = node.owner ?? around;
  return node.contacts.map((contact) => ({
    block: node.id,
    ...contact,
    ...(blockOwner !== undefined && { blockOwner }),
    crosses: contact.owner !== undefined && blockOwner !== undefined && contact.owner !== blockOwner,
  }));
}

const WORKING: ReadonlySet<string> = new Set(['step', 'task', 'saga', 'wait']);

function opaqueIn(nodes: readonly FlowNode[]): SagaSurvey['opaque'] {
  const blocks = nodes.flatMap(({ id, opaque }) =>
    opaque === undefined ? [] : [{ block: id, because: opaque }],
  );
  const counts = ({ kind, decides, opaque }: FlowNode) =>
    WORKING.has(kind) || decides !== undefined || opaque !== undefined;
  const of = nodes.filter(counts).length;
  return { blocks, of, share: of === 0 ? 0 : blocks.length / of };
}
