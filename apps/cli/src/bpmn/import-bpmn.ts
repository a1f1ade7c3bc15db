import { stringify } from 'yaml';
import type { JsonObject, Problem } from '#libs/saga';
import { bpmnModdle, type BpmnElement } from './bpmn-packages.js';
import type { DrawnGraph, DrawnProblem } from './drawn-graph.js';
import { misread, placed } from './model-problems.js';
import { readingOf, readInside } from './read-blocks.js';
import { readBlock, readGraph } from './read-model.js';
import { withOutermost } from './read-outermost.js';
import { extensionOf } from './skald-extension.js';
import { kebab, missingIn, toFillIn } from './skeletons.js';

/** A saga that was read out of a BPMN model. */
export interface ImportedBpmn {
  readonly saga: string;
  readonly version: number;
  readonly text: string;
  /** What could not be taken over; nothing should be used then. */
  readonly problems: readonly Problem[];
  /** What the model does not say. */
  readonly toFillIn: readonly Problem[];
}

/**
 * Reads the process of a BPMN model as a saga. What elements say in their extensions is taken as it is; the order of
 * blocks, and what lies in what, follows from the ways between them.
 *
 * @throws Error with what is wrong with the XML.
 */
export async function importBpmn(xml: string, file: string, version?: number): Promise<ImportedBpmn> {
  const read = await (await bpmnModdle()).fromXML(xml);
  const problems: DrawnProblem[] = [];
  const process = onlyProcess(read.rootElement, problems);
  const saga = process === undefined ? {} : readSaga(process, version, problems);
  const unread = misread(read, file, xml);
  return {
    saga: String(saga['saga']),
    version: Number(saga['version']),
    text: stringify(saga, { lineWidth: 0 }),
    problems: unread.length > 0 ? unread : placed(problems, file, xml),
    toFillIn: placed(missingIn(saga), file, xml),
  };
}

function onlyProcess(root: BpmnElement, problems: DrawnProblem[]): BpmnElement | undefined {
  const elements = (root['rootElements'] as readonly BpmnElement[] | undefined) ?? [];
  const [process, another] = elements.filter(({ $type }) => $type === 'bpmn:Process');
  if (process === undefined) problems.push({ id: root.id ?? '', message: 'there is no process in it' });
  if (another !== undefined)
    problems.push({ id: another.id ?? '', message: 'a saga is one process; draw what others do as tasks' });
  return process;
}

function readSaga(process: BpmnElement, version: number | undefined, problems: DrawnProblem[]): JsonObject {
  const graph = readGraph(process, problems);
  const id = process.id ?? '';
  const said = extensionOf(process);
  const written = said === undefined ? undefined : readBlock(id, said.text, problems);
  const reading = readingOf(graph, problems);
  const head = written ?? {
    saga: kebab(process.name ?? '') || kebab(id) || 'imported',
    version: 1,
    ...(process.name !== undefined && { title: process.name }),
    key: toFillIn('the key', id),
    ...triggersOf(graph),
    steps: [],
  };
  const steps = readInside(reading);
  return withOutermost({ ...head, ...(version !== undefined && { version }), steps }, reading);
}

/** What starts it, where a message does. */
function triggersOf({ nodes }: DrawnGraph): JsonObject {
  const start = [...nodes.values()].find(({ type }) => type === 'StartEvent');
  if (start?.event !== 'Message') return {};
  return { triggers: [{ event: start.name || toFillIn('the event', start.id) }] };
}
