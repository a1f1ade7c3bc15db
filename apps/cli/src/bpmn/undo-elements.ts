import type { FlowNode } from '#libs/saga';
import { bpmnId } from './bpmn-id.js';
import type { BpmnElement, BpmnModdle } from './bpmn-packages.js';

/** What undoes a block, at an event on its boundary; or a note why nothing does. */
export function undoElements(
  { id: block, undo }: FlowNode,
  element: BpmnElement,
  moddle: BpmnModdle,
): readonly BpmnElement[] {
  if (undo === undefined) return [];
  const id = bpmnId(block);
  if (undo.kind === 'kept') {
    const note = moddle.create('bpmn:TextAnnotation', { id: `Note_${id}`, text: `stays: ${undo.because}` });
    return [note, association(`Association_${id}`, element, note, moddle)];
  }
  const definition = moddle.create('bpmn:CompensateEventDefinition', { id: `Definition_${id}_undo` });
  const event = moddle.create('bpmn:BoundaryEvent', {
    id: `Boundary_${id}_undo`,
    attachedToRef: element,
    cancelActivity: true,
    eventDefinitions: [definition],
  });
  const task = moddle.create('bpmn:ServiceTask', {
    id: `Undo_${id}`,
    name: undo.by.join(', ') || 'undone by blocks',
    isForCompensation: true,
  });
  return [event, task, association(`Association_${id}`, event, task, moddle)];
}

function association(
  id: string,
  sourceRef: BpmnElement,
  targetRef: BpmnElement,
  moddle: BpmnModdle,
): BpmnElement {
  return moddle.create('bpmn:Association', { id, sourceRef, targetRef, associationDirection: 'One' });
}
