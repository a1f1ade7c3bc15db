import { stringify } from 'yaml';
import type { JsonObject } from '#libs/saga';
import { bpmnModdle, type BpmnElement } from './bpmn-packages.js';
import type { DrawnGraph, DrawnProblem } from './drawn-graph.js';
import { readingOf, readInside } from './read-blocks.js';
import { readBlock, readGraph } from './read-model.js';
import { withOutermost } from './read-outermost.js';
import { extensionOf } from './skald-extension.js';
import { kebab, TO_FILL_IN, toFillIn } from './skeletons.js';

/** A saga that was read out of a BPMN model. */
export interface ImportedBpmn {
  readonly saga: string;
  readonly version: number;
  readonly text: string;
  /** What could not be taken over, with its element and line; nothing should be used then. */
  readonly problems: readonly string[];
  /** What the model does not say, with the element it belongs to. */
  readonly toFillIn: readonly string[];
}

/**
 * Reads the process of a BPMN model as a saga. What elements say in their extensions is taken as it is; the order of
 * blocks, and what lies in what, follows from the ways between them.
 *
 * @throws Error with what is wrong with the XML.
 */
export async function importBpmn(xml: string, version?: number): Promise<ImportedBpmn> {
  const { rootElement, warnings } = await (await bpmnModdle()).fromXML(xml);
  const problems: DrawnProblem[] = [];
  const process = onlyProcess(rootElement, problems);
  const saga = process === undefined ? {} : readSaga(process, version, problems);
  const text = stringify(saga, { lineWidth: 0 });
  const missing = [...text.matchAll(TO_FILL_IN)].map(([, what, id]) => ({
    id: id!,
    message: `${what} is missing`,
  }));
  return {
    saga: String(saga['saga']),
    version: Number(saga['version']),
    text,
    problems: [...warnings.map(({ message }) => message), ...inOrder(problems, xml)],
    toFillIn: inOrder(missing, xml),
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

/** In the order of the lines they are about. */
function inOrder(problems: readonly DrawnProblem[], xml: string): readonly string[] {
  return problems
    .map(({ id, message }) => ({ line: lineOf(id, xml), id, message }))
    .toSorted((one, other) => one.line - other.line)
    .map(({ line, id, message }) => `line ${line}, element "${id}": ${message}`);
}

function lineOf(id: string, xml: string): number {
  const place = ['"', "'"].map((quote) => xml.indexOf(` id=${quote}${id}${quote}`)).find((at) => at >= 0);
  return place === undefined ? 1 : xml.slice(0, place).split('\n').length;
}
