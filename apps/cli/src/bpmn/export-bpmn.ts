import {
  parseDocuments,
  type FlowEdge,
  type FlowGraph,
  type FlowNode,
  type JsonObject,
  type SagaSurvey,
} from '#libs/saga';
import { bpmnGraph } from './bpmn-graph.js';
import { bpmnId } from './bpmn-id.js';
import { bpmnModdle, laidOut, type BpmnElement, type BpmnModdle } from './bpmn-packages.js';
import { boundaryEvents } from './boundary-events.js';
import { splitDiagrams } from './diagrams.js';
import { drawUndos } from './draw-undos.js';
import { elementOf } from './node-elements.js';
import { extended } from './skald-extension.js';
import { addUndos } from './undo-elements.js';
import { writtenParts, type SaidOf } from './written-parts.js';

interface Drawing {
  readonly moddle: BpmnModdle;
  readonly saidOf: SaidOf;
}

/**
 * A saga as BPMN 2.0, laid out. What BPMN has no word for stands in the documentation of its element for people, and as
 * it is written in the extension of its element, from where it is read back.
 */
export async function exportBpmn(survey: SagaSurvey, written: JsonObject): Promise<string> {
  const moddle = await bpmnModdle();
  const { saga, saidOf } = writtenParts(written, survey.graph);
  const process = moddle.create('bpmn:Process', {
    id: `Process_${bpmnId(survey.saga)}`,
    name: survey.title ?? survey.saga,
    isExecutable: false,
    ...extended({ $type: 'skald:Saga', text: saga }, moddle),
  });
  const graph = bpmnGraph(survey.graph);
  fill(process, graph, { moddle, saidOf });
  const definitions = moddle.create('bpmn:Definitions', {
    id: `Definitions_${bpmnId(survey.saga)}`,
    targetNamespace: 'https://skald/bpmn',
    exporter: 'skald',
    exporterVersion: String(survey.version),
    rootElements: [process],
  });
  const { xml } = await moddle.toXML(definitions);
  return drawn(await laidOut(xml), graph, moddle);
}

/** Adds what undoes blocks: after the layout, which knows no place for what no way leads to. */
async function drawn(xml: string, graph: FlowGraph, moddle: BpmnModdle): Promise<string> {
  const { rootElement, elementsById } = await moddle.fromXML(xml);
  const [process] = rootElement['rootElements'] as readonly BpmnElement[];
  splitDiagrams(rootElement, moddle);
  drawUndos(rootElement, addUndos(graph, process!, elementsById, moddle), moddle);
  return (await moddle.toXML(rootElement, { format: true })).xml;
}

/** The document of a saga among all that were read. */
export function definitionOf(
  { saga, version }: SagaSurvey,
  sources: readonly { readonly file: string; readonly text: string }[],
): JsonObject {
  const documents = sources.flatMap(({ file, text }) => parseDocuments(text, file).documents);
  return documents.find(({ data }) => data['saga'] === saga && data['version'] === version)!.data;
}

/** Puts the elements of a graph into a process or a sub-process. */
function fill(container: BpmnElement, graph: FlowGraph, drawing: Drawing): void {
  const { nodes, edges } = graph;
  const { moddle } = drawing;
  const elements = new Map(nodes.map((node) => [node.id, element(node, graph, drawing)] as const));
  const boundaries = boundaryEvents(edges, elements, moddle);
  const flows = edges.map((edge) => {
    const source = boundaries.get(edge) ?? elements.get(edge.from)!;
    return connected(edge, source, elements.get(edge.to)!, moddle);
  });
  container['flowElements'] = [...elements.values(), ...boundaries.values(), ...flows];
}

function element(node: FlowNode, around: FlowGraph, drawing: Drawing): BpmnElement {
  const made = elementOf(node, around.edges, drawing.moddle);
  const said = drawing.saidOf(node, around);
  if (said !== undefined) Object.assign(made, extended(said, drawing.moddle));
  if (node.inside !== undefined) fill(made, node.inside, drawing);
  return made;
}

function connected(
  { from, to, label, again }: FlowEdge,
  sourceRef: BpmnElement,
  targetRef: BpmnElement,
  moddle: BpmnModdle,
): BpmnElement {
  const name = [label, again].filter((part) => part !== undefined).join(': ');
  const id = `Flow_${bpmnId(from)}_to_${bpmnId(to)}_${bpmnId(label ?? '')}`;
  const flow = moddle.create('bpmn:SequenceFlow', {
    id,
    ...(name !== '' && { name }),
    ...(name !== '' && extended({ $type: 'skald:Way', name: label ?? '' }, moddle)),
    sourceRef,
    targetRef,
  });
  append(sourceRef, 'outgoing', flow);
  append(targetRef, 'incoming', flow);
  if (label === 'else' || label === 'no') sourceRef['default'] = flow;
  return flow;
}

function append(to: BpmnElement, key: string, value: BpmnElement): void {
  to[key] = [...((to[key] as readonly BpmnElement[] | undefined) ?? []), value];
}
