import type { FlowEdge } from '#libs/saga';
import { bpmnId } from './bpmn-id.js';
import type { BpmnElement, BpmnModdle } from './bpmn-packages.js';

/** For every edge that an error or an event takes: the event on the boundary of the block where it begins. */
export function boundaryEvents(
  edges: readonly FlowEdge[],
  elements: ReadonlyMap<string, BpmnElement>,
  moddle: BpmnModdle,
): ReadonlyMap<FlowEdge, BpmnElement> {
  return new Map(
    edges
      .filter(({ kind }) => kind !== 'flow')
      // A way that begins elsewhere, as behind the blocks of a handler, has its event already.
      .filter(({ from }) => elements.get(from) !== undefined)
      .map((edge, index, all) => {
        // The same event may be heard twice.
        const before = all
          .slice(0, index)
          .filter(({ from, label }) => from === edge.from && label === edge.label);
        const again = before.length === 0 ? '' : `_${before.length + 1}`;
        return [edge, boundaryEvent(edge, again, elements, moddle)] as const;
      }),
  );
}

function boundaryEvent(
  edge: FlowEdge,
  again: string,
  elements: ReadonlyMap<string, BpmnElement>,
  moddle: BpmnModdle,
): BpmnElement {
  const { from, to, kind, label = '' } = edge;
  const definition = kind === 'error' ? 'bpmn:ErrorEventDefinition' : 'bpmn:MessageEventDefinition';
  return moddle.create('bpmn:BoundaryEvent', {
    id: `Boundary_${bpmnId(from)}_${bpmnId(label)}${again}`,
    name: label,
    attachedToRef: elements.get(from)!,
    // What an event lets run beside does not stop the block.
    cancelActivity: kind === 'error' || /:(?:raise|when)$/.test(to),
    eventDefinitions: [
      moddle.create(definition, { id: `Definition_${bpmnId(from)}_${bpmnId(label)}${again}` }),
    ],
  });
}
