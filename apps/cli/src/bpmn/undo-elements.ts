import type { FlowGraph, FlowNode } from '#libs/saga';
import { bpmnId, nodeId } from './bpmn-id.js';
import type { BpmnElement, BpmnModdle } from './bpmn-packages.js';

/** What undoes a block, or the note why nothing does, and how it hangs on its block. */
export interface UndoElements {
  readonly block: BpmnElement;
  /** Where the line to {@link by} begins: the compensation event on the boundary of the block, or the block itself. */
  readonly from: BpmnElement;
  readonly by: BpmnElement;
  readonly line: BpmnElement;
}

/** Puts into a model what undoes the blocks of its graph, sub-processes included. */
export function addUndos(
  { nodes }: FlowGraph,
  container: BpmnElement,
  elements: Readonly<Record<string, BpmnElement>>,
  moddle: BpmnModdle,
): readonly UndoElements[] {
  const own = nodes.flatMap((node) => undoOf(node, elements[nodeId(node.id)]!, moddle));
  const flow = own.flatMap(({ block, from, by }) => (from === block ? [] : [from, by]));
  const artifacts = own.flatMap(({ block, from, by, line }) => (from === block ? [by, line] : [line]));
  add(container, 'flowElements', flow);
  add(container, 'artifacts', artifacts);
  const inside = nodes.flatMap((node) =>
    node.inside === undefined ? [] : addUndos(node.inside, elements[nodeId(node.id)]!, elements, moddle),
  );
  return [...own, ...inside];
}

function undoOf(
  { id: name, undo }: FlowNode,
  block: BpmnElement,
  moddle: BpmnModdle,
): readonly UndoElements[] {
  if (undo === undefined) return [];
  const id = bpmnId(name);
  if (undo.kind === 'kept') {
    const note = moddle.create('bpmn:TextAnnotation', { id: `Note_${id}`, text: `stays: ${undo.because}` });
    return [{ block, from: block, by: note, line: line(id, block, note, moddle) }];
  }
  const definition = moddle.create('bpmn:CompensateEventDefinition', { id: `Definition_${id}_undo` });
  const event = moddle.create('bpmn:BoundaryEvent', {
    id: `Boundary_${id}_undo`,
    attachedToRef: block,
    cancelActivity: true,
    eventDefinitions: [definition],
  });
  const task = moddle.create('bpmn:ServiceTask', {
    id: `Undo_${id}`,
    name: undo.by.join(', ') || 'undone by blocks',
    isForCompensation: true,
  });
  return [{ block, from: event, by: task, line: line(id, event, task, moddle) }];
}

function line(id: string, sourceRef: BpmnElement, targetRef: BpmnElement, moddle: BpmnModdle): BpmnElement {
  return moddle.create('bpmn:Association', {
    id: `Association_${id}`,
    sourceRef,
    targetRef,
    associationDirection: 'One',
  });
}

function add(
  container: BpmnElement,
  place: 'flowElements' | 'artifacts',
  added: readonly BpmnElement[],
): void {
  if (added.length === 0) return;
  for (const element of added) element['$parent'] = container;
  container[place] = [...((container[place] as readonly BpmnElement[] | undefined) ?? []), ...added];
}
