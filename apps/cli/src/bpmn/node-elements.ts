import type { FlowEdge, FlowKind, FlowNode } from '#libs/saga';
import { bpmnId, nodeId } from './bpmn-id.js';
import type { BpmnElement, BpmnModdle } from './bpmn-packages.js';

/** What each kind of node is in BPMN. */
const TYPES: Readonly<Record<FlowKind, string>> = {
  start: 'bpmn:StartEvent',
  done: 'bpmn:EndEvent',
  way: 'bpmn:ExclusiveGateway',
  choice: 'bpmn:ExclusiveGateway',
  fork: 'bpmn:ParallelGateway',
  join: 'bpmn:ParallelGateway',
  undone: 'bpmn:EndEvent',
  incident: 'bpmn:EndEvent',
  raise: 'bpmn:EndEvent',
  end: 'bpmn:EndEvent',
  caught: 'bpmn:SubProcess',
  heard: 'bpmn:SubProcess',
  step: 'bpmn:ServiceTask',
  task: 'bpmn:UserTask',
  wait: 'bpmn:ReceiveTask',
  parallel: 'bpmn:SubProcess',
  forEach: 'bpmn:SubProcess',
  repeat: 'bpmn:SubProcess',
  group: 'bpmn:SubProcess',
  include: 'bpmn:SubProcess',
  decide: 'bpmn:BusinessRuleTask',
  set: 'bpmn:ScriptTask',
  emit: 'bpmn:SendTask',
  lock: 'bpmn:Task',
  saga: 'bpmn:CallActivity',
};

/** Events that say how something ends. */
const DEFINITIONS: Partial<Record<FlowKind, string>> = {
  undone: 'bpmn:CompensateEventDefinition',
  incident: 'bpmn:EscalationEventDefinition',
  raise: 'bpmn:ErrorEventDefinition',
};

/** The element of a node, without what is inside of it. */
export function elementOf(node: FlowNode, edges: readonly FlowEdge[], moddle: BpmnModdle): BpmnElement {
  const { id, kind, label } = node;
  const definition = DEFINITIONS[kind];
  const said = documentationOf(node);
  // A join that does not wait for all is more than a parallel gateway.
  const isComplex = kind === 'join' && label !== 'join all';
  return moddle.create(isComplex ? 'bpmn:ComplexGateway' : TYPES[kind], {
    id: nodeId(id),
    name: label,
    ...(said !== '' && { documentation: [moddle.create('bpmn:Documentation', { text: said })] }),
    ...(definition !== undefined && {
      eventDefinitions: [moddle.create(definition, { id: `Definition_${bpmnId(id)}` })],
    }),
    ...(kind === 'saga' && { calledElement: node.contacts[0]?.name }),
    ...loopOf(node, moddle),
    ...(isEventProcess(node) && { triggeredByEvent: true }),
    ...startOf(node, edges, moddle),
  });
}

function isEventProcess({ kind }: FlowNode): boolean {
  return kind === 'caught' || kind === 'heard';
}

function loopOf({ id, kind }: FlowNode, moddle: BpmnModdle): object {
  if (kind === 'forEach')
    return {
      loopCharacteristics: moddle.create('bpmn:MultiInstanceLoopCharacteristics', {
        id: `Loop_${bpmnId(id)}`,
      }),
    };
  return kind === 'repeat'
    ? { loopCharacteristics: moddle.create('bpmn:StandardLoopCharacteristics', { id: `Loop_${bpmnId(id)}` }) }
    : {};
}

/** What begins with an error or an event says so by its own start. */
function startOf({ id, kind, label }: FlowNode, edges: readonly FlowEdge[], moddle: BpmnModdle): object {
  if (kind !== 'start' || label === 'start') return {};
  const isHeard = /\.listen\d+:start$/.test(id);
  const definition = isHeard ? 'bpmn:MessageEventDefinition' : 'bpmn:ErrorEventDefinition';
  const isBeside = isHeard && !edges.some(({ from, to }) => from === id && /:(?:raise|when)$/.test(to));
  return {
    eventDefinitions: [moddle.create(definition, { id: `Definition_${bpmnId(id)}` })],
    isInterrupting: !isBeside,
  };
}

/** What BPMN has no word for. */
function documentationOf({ owner, contacts, isPivot, opaque, decides }: FlowNode): string {
  return [
    ...(owner === undefined ? [] : [`Owner: ${owner}.`]),
    ...contacts.map(({ way, name }) => `${way} ${name}.`),
    ...(isPivot === true ? ['From here it only goes forward.'] : []),
    ...(decides === undefined ? [] : [`Decides: ${decides}.`]),
    ...(opaque === undefined ? [] : [`Opaque: ${opaque}.`]),
  ].join('\n');
}
