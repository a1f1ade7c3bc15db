import type { FlowEdge, FlowGraph, FlowNode, SagaSurvey } from '#libs/saga';
import { bpmnGraph } from './bpmn-graph.js';
import { bpmnId } from './bpmn-id.js';
import { bpmnModdle, laidOut, type BpmnElement, type BpmnModdle } from './bpmn-packages.js';
import { boundaryEvents } from './boundary-events.js';
import { elementOf } from './node-elements.js';
import { undoElements } from './undo-elements.js';

/** A saga as BPMN 2.0, laid out. What BPMN has no word for stands in the documentation of its element. */
export async function exportBpmn(survey: SagaSurvey): Promise<string> {
  const moddle = await bpmnModdle();
  const process = moddle.create('bpmn:Process', {
    id: `Process_${bpmnId(survey.saga)}`,
    name: survey.title ?? survey.saga,
    isExecutable: false,
  });
  fill(process, bpmnGraph(survey.graph), moddle);
  const definitions = moddle.create('bpmn:Definitions', {
    id: `Definitions_${bpmnId(survey.saga)}`,
    targetNamespace: 'https://skald/bpmn',
    exporter: 'skald',
    exporterVersion: String(survey.version),
    rootElements: [process],
  });
  const { xml } = await moddle.toXML(definitions, { format: true });
  return laidOut(xml);
}

/** Puts the elements of a graph into a process or a sub-process. */
function fill(container: BpmnElement, { nodes, edges }: FlowGraph, moddle: BpmnModdle): void {
  const elements = new Map(nodes.map((node) => [node.id, element(node, edges, moddle)] as const));
  const boundaries = boundaryEvents(edges, elements, moddle);
  const flows = edges.map((edge) => {
    const source = boundaries.get(edge) ?? elements.get(edge.from)!;
    return connected(edge, source, elements.get(edge.to)!, moddle);
  });
  const undos = nodes.flatMap((node) => undoElements(node, elements.get(node.id)!, moddle));
  container['flowElements'] = [
    ...elements.values(),
    ...boundaries.values(),
    ...undos.filter(({ $type }) => !isArtifact($type)),
    ...flows,
  ];
  container['artifacts'] = undos.filter(({ $type }) => isArtifact($type));
}

function isArtifact(type: string): boolean {
  return type === 'bpmn:Association' || type === 'bpmn:TextAnnotation';
}

function element(node: FlowNode, edges: readonly FlowEdge[], moddle: BpmnModdle): BpmnElement {
  const made = elementOf(node, edges, moddle);
  if (node.inside !== undefined) fill(made, node.inside, moddle);
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
