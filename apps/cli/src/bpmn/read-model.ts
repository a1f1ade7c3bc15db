import { parse } from 'yaml';
import type { JsonObject } from '#libs/saga';
import type { BpmnElement } from './bpmn-packages.js';
import type { DrawnBoundary, DrawnGraph, DrawnNode, DrawnProblem, DrawnWay } from './drawn-graph.js';
import { extensionOf } from './skald-extension.js';

/** Which events each kind of element may be about; none: `''`. Whatever is not here is not part of the subset. */
const SUBSET: Readonly<Record<string, readonly string[]>> = {
  StartEvent: ['', 'Error', 'Message'],
  EndEvent: ['', 'Error', 'Compensate', 'Escalation'],
  BoundaryEvent: ['Error', 'Message', 'Compensate'],
  IntermediateCatchEvent: ['Message', 'Timer'],
  ...Object.fromEntries(
    [
      'Task',
      'ManualTask',
      'ServiceTask',
      'UserTask',
      'ReceiveTask',
      'SendTask',
      'ScriptTask',
      'BusinessRuleTask',
      'CallActivity',
      'SubProcess',
      'ExclusiveGateway',
      'ParallelGateway',
      'ComplexGateway',
    ].map((type) => [type, ['']]),
  ),
};

/** Reads a process or a sub-process, and complains about everything outside of the subset. */
export function readGraph(container: BpmnElement, problems: DrawnProblem[]): DrawnGraph {
  const parts = listOf(container, 'flowElements');
  const elements = parts.filter((element) => typeOf(element) !== 'SequenceFlow' && isRead(element, problems));
  const around: Around = {
    boundaries: elements.filter((element) => typeOf(element) === 'BoundaryEvent'),
    flows: parts.filter((element) => typeOf(element) === 'SequenceFlow'),
    problems,
  };
  const nodes = elements
    .filter((element) => typeOf(element) !== 'BoundaryEvent' && element['isForCompensation'] !== true)
    .map((element) => readNode(element, around));
  const isOutermost = ({ id }: DrawnNode): boolean =>
    elements.find((element) => element.id === id)!['triggeredByEvent'] === true;
  return {
    of: container.id ?? '',
    nodes: new Map(nodes.filter((node) => !isOutermost(node)).map((node) => [node.id, node] as const)),
    outermost: nodes.filter(isOutermost),
  };
}

function isRead(element: BpmnElement, problems: DrawnProblem[]): boolean {
  const type = typeOf(element);
  const events = Object.hasOwn(SUBSET, type) ? SUBSET[type]! : undefined;
  if (events === undefined) {
    problems.push({ id: element.id ?? '', message: `${type} has no counterpart; draw it otherwise` });
    return false;
  }
  const event = eventOf(element);
  if (events.includes(event)) return true;
  const there = events.map((each) => (each === '' ? 'none' : each)).join(', ');
  const what = event === '' ? 'without an event' : `about ${event}`;
  problems.push({
    id: element.id ?? '',
    message: `a ${type} ${what} has no counterpart; there are: ${there}`,
  });
  return false;
}

interface Around {
  readonly boundaries: readonly BpmnElement[];
  readonly flows: readonly BpmnElement[];
  readonly problems: DrawnProblem[];
}

function readNode(element: BpmnElement, around: Around): DrawnNode {
  const { boundaries, flows, problems } = around;
  const id = element.id ?? '';
  const own = boundaries.filter((each) => each['attachedToRef'] === element);
  const said = extensionOf(element);
  const block = said?.$type === 'skald:Block' ? readBlock(id, said.text, problems) : undefined;
  const event = eventOf(element);
  const times = timesOf(element);
  if (times !== undefined && typeOf(element) !== 'SubProcess')
    problems.push({ id, message: 'put it into a sub-process, and let that be repeated' });
  const called = element['calledElement'] as string | undefined;
  return {
    id,
    type: typeOf(element),
    name: eventName(element),
    ...(event !== '' && { event }),
    ...(said !== undefined && { said }),
    ...(block !== undefined && { block }),
    ways: waysOf(element, flows),
    boundaries: own.flatMap((each) => readBoundary(each, around)),
    isUndone: own.some((each) => eventOf(each) === 'Compensate'),
    ...(times !== undefined && { times }),
    ...(called !== undefined && { calls: called }),
    ...(typeOf(element) === 'SubProcess' && { inside: readGraph(element, problems) }),
  };
}

/** A text of the extension as data. */
export function readBlock(
  id: string,
  text: string | undefined,
  problems: DrawnProblem[],
): JsonObject | undefined {
  try {
    const data: unknown = parse(text ?? '');
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as JsonObject;
    problems.push({ id, message: 'the text in its extension is no map of keys' });
  } catch (error) {
    // What comes behind the first line draws the place.
    const [why] = (error as Error).message.split('\n');
    problems.push({ id, message: `the text in its extension is no YAML: ${why!.replace(/:$/, '')}` });
  }
  return undefined;
}

function readBoundary(element: BpmnElement, { flows, problems }: Around): readonly DrawnBoundary[] {
  const id = element.id ?? '';
  const event = eventOf(element);
  if (event === 'Compensate') return [];
  const [way, ...others] = waysOf(element, flows);
  if (way === undefined || others.length > 0) {
    problems.push({ id, message: 'an event on a boundary leads to one element' });
    return [];
  }
  const name = eventName(element);
  if (name === '') problems.push({ id, message: `give it the name of the ${event.toLowerCase()}` });
  return [
    {
      id,
      kind: event === 'Error' ? 'error' : 'event',
      name,
      to: way.to,
      isInterrupting: element['cancelActivity'] !== false,
    },
  ];
}

function waysOf(element: BpmnElement, flows: readonly BpmnElement[]): readonly DrawnWay[] {
  return flows
    .filter((flow) => flow['sourceRef'] === element)
    .map((flow) => ({
      to: (flow['targetRef'] as BpmnElement | undefined)?.id ?? '',
      name: extensionOf(flow)?.name ?? flow.name ?? '',
      isDefault: element['default'] === flow,
      condition: inOneLine((flow['conditionExpression'] as { readonly body?: string } | undefined)?.body),
    }));
}

function timesOf(element: BpmnElement): DrawnNode['times'] {
  const loop = element['loopCharacteristics'] as BpmnElement | undefined;
  if (loop === undefined) return undefined;
  return typeOf(loop) === 'StandardLoopCharacteristics' ? 'again' : 'each';
}

/** What is written at an element, or the name of the error or message that it is about. */
function eventName(element: BpmnElement): string {
  const [definition] = listOf(element, 'eventDefinitions');
  const about = (definition?.['errorRef'] ?? definition?.['messageRef']) as BpmnElement | undefined;
  return inOneLine(element.name ?? about?.name);
}

/** Modellers break names into lines. */
function inOneLine(text = ''): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function eventOf(element: BpmnElement): string {
  const definitions = listOf(element, 'eventDefinitions');
  return definitions.map((each) => typeOf(each).replace('EventDefinition', '')).join(' and ');
}

function typeOf({ $type }: BpmnElement): string {
  return $type.replace(/^bpmn:/, '');
}

function listOf(element: BpmnElement, key: string): readonly BpmnElement[] {
  return (element[key] as readonly BpmnElement[] | undefined) ?? [];
}
