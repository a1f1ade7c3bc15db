import type { FlowEdge, FlowGraph, FlowKind, FlowNode, UndoNote } from './flow-graph.js';

/** How far a block of a running saga is. */
export type Progress = 'done' | 'open' | 'failed' | 'undone';

/** Draws a graph as a Mermaid flowchart; with `progress`, blocks are coloured by how far a run has come. */
export function mermaidOf(graph: FlowGraph, progress: ReadonlyMap<string, Progress> = new Map()): string {
  return [
    'flowchart TD',
    ...graphLines(graph, '  '),
    ...CLASSES,
    ...[...progress].map(([block, how]) => `  class ${idOf(block)} ${how}`),
    '',
  ].join('\n');
}

const CLASSES = [
  '  classDef pivot stroke-width:4px',
  '  classDef undo stroke-dasharray:4 4,fill:#fff',
  '  classDef bad fill:#fde0dc',
  '  classDef done fill:#d7f0d7',
  '  classDef open fill:#fff3c4',
  '  classDef failed fill:#f7b5ad',
  '  classDef undone fill:#e0e0e0',
];

function graphLines({ nodes, edges }: FlowGraph, indent: string): readonly string[] {
  return [
    ...nodes.flatMap((node) => nodeLines(node, indent)),
    ...edges.map((edge) => indent + edgeLine(edge)),
    ...nodes.flatMap(({ id, undo }) => (undo === undefined ? [] : undoLines(id, undo, indent))),
  ];
}

function nodeLines(node: FlowNode, indent: string): readonly string[] {
  const { id, inside } = node;
  const marks = [
    ...(node.isPivot === true ? [`${indent}class ${idOf(id)} pivot`] : []),
    ...(node.kind === 'undone' || node.kind === 'incident' ? [`${indent}class ${idOf(id)} bad`] : []),
  ];
  if (inside === undefined) return [`${indent}${idOf(id)}${shaped(node)}`, ...marks];
  const title = quoted(AROUND[node.kind]?.(node.label) ?? node.label);
  return [
    `${indent}subgraph ${idOf(id)}[${title}]`,
    ...graphLines(inside, `${indent}  `),
    `${indent}end`,
    ...marks,
  ];
}

const AROUND: Partial<Record<FlowKind, (label: string) => string>> = {
  caught: (error) => `wherever ${error} is raised and nobody deals with it`,
  heard: (event) => `whenever ${event} comes`,
};

const SHAPES: Partial<Record<FlowKind, readonly [string, string]>> = {
  start: ['((', '))'],
  done: ['(((', ')))'],
  undone: ['(((', ')))'],
  incident: ['(((', ')))'],
  end: ['(((', ')))'],
  way: ['{', '}'],
  choice: ['{', '}'],
  fork: ['{{', '}}'],
  join: ['{{', '}}'],
  task: ['[/', '/]'],
  wait: ['([', '])'],
  decide: ['[(', ')]'],
  emit: ['>', ']'],
  raise: ['>', ']'],
  saga: ['[[', ']]'],
};

function shaped(node: FlowNode): string {
  const [open, close] = SHAPES[node.kind] ?? ['[', ']'];
  return `${open}${quoted(textOf(node))}${close}`;
}

/** What a block is called, and whom or what it deals with. */
function textOf({ label, contacts }: FlowNode): string {
  const named = contacts.filter(({ way }) => ['asks', 'people', 'hears', 'tells', 'runs'].includes(way));
  return [label, ...new Set(named.map(({ name }) => name))].join('\n');
}

function edgeLine({ from, to, kind, label, again }: FlowEdge): string {
  const arrow = kind === 'flow' ? '-->' : '-.->';
  const text = [label, again].filter((part) => part !== undefined).join(': ');
  return `${idOf(from)} ${arrow}${text === '' ? '' : `|${quoted(text)}|`} ${idOf(to)}`;
}

function undoLines(block: string, undo: UndoNote, indent: string): readonly string[] {
  const id = idOf(`${block}:undo`);
  const text = undo.kind === 'kept' ? `stays: ${undo.because}` : undo.by.join('\n') || 'undone by blocks';
  return [
    `${indent}${id}[${quoted(text)}]`,
    `${indent}${idOf(block)} -.- ${id}`,
    `${indent}class ${id} undo`,
  ];
}

/** Words of Mermaid's own are no ids, so each has a letter in front. */
function idOf(id: string): string {
  return `b_${id.replaceAll('.', '_').replaceAll(':', '__').replaceAll('-', '___')}`;
}

function quoted(text: string): string {
  // Two % and a brace begin a directive, wherever they stand.
  const escaped = text.replaceAll(/[#"<>`&%]/g, (sign) => `#${sign.codePointAt(0)};`);
  return `"${escaped.replaceAll('\n', '<br/>')}"`;
}
