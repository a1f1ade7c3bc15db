import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { surveySagas, type FlowGraph, type SagaSurvey } from '#libs/saga';
import { bpmnGraph } from './bpmn-graph.js';
import { bpmnId } from './bpmn-id.js';
import { bpmnModdle, type BpmnElement } from './bpmn-packages.js';
import { diagramsOf, type Diagram } from './diagrams.js';
import { definitionOf, exportBpmn } from './export-bpmn.js';

const FOLDER = 'apps/shop/examples';
const sources = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => ({ file, text: readFileSync(`${FOLDER}/${file}`, 'utf8') }));
const files = Object.fromEntries(
  readdirSync(`${FOLDER}/schemas`).map((name) => [
    `schemas/${name}`,
    readFileSync(`${FOLDER}/schemas/${name}`, 'utf8'),
  ]),
);

const models = new Map<SagaSurvey, Promise<BpmnElement>>();

function modelOf(survey: SagaSurvey): Promise<BpmnElement> {
  const model = models.get(survey) ?? readBack(survey);
  models.set(survey, model);
  return model;
}

async function readBack(survey: SagaSurvey, from = sources): Promise<BpmnElement> {
  const xml = await exportBpmn(survey, definitionOf(survey, from));
  const { rootElement, warnings } = await (await bpmnModdle()).fromXML(xml);
  expect(warnings).toEqual([]);
  return rootElement;
}

function partsOf(container: BpmnElement): readonly BpmnElement[] {
  return (container['flowElements'] as readonly BpmnElement[] | undefined) ?? [];
}

function everythingIn(container: BpmnElement): readonly BpmnElement[] {
  const artifacts = (container['artifacts'] as readonly BpmnElement[] | undefined) ?? [];
  return [...artifacts, ...partsOf(container).flatMap((part) => [part, ...everythingIn(part)])];
}

/** Pairs of boxes that lie on each other; events lie on the boundary of their block. */
function overlapsIn({ plane }: Diagram): readonly string[] {
  const boxes = plane.planeElement.flatMap(({ bpmnElement, bounds }) =>
    bounds === undefined || bpmnElement['attachedToRef'] !== undefined
      ? []
      : [{ id: bpmnElement.id, ...bounds }],
  );
  return boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter((other) => one.x < other.x + other.width && other.x < one.x + one.width)
      .filter((other) => one.y < other.y + other.height && other.y < one.y + one.height)
      .map((other) => `${one.id} ${other.id}`),
  );
}

/** What a model says of its flow: who follows on whom for which reason, sub-processes included. */
function connectionsIn(container: BpmnElement): readonly string[] {
  return partsOf(container).flatMap((part) => {
    if (part.$type !== 'bpmn:SequenceFlow') return connectionsIn(part);
    const source = part['sourceRef'] as BpmnElement;
    const target = part['targetRef'] as BpmnElement;
    const attached = source['attachedToRef'] as BpmnElement | undefined;
    const why = attached === undefined ? 'flow' : eventOf(source);
    return [`${(attached ?? source).id} ${why} ${target.id} ${part.name ?? ''}`];
  });
}

function eventOf(event: BpmnElement): string {
  const [definition] = event['eventDefinitions'] as readonly BpmnElement[];
  return definition!.$type === 'bpmn:ErrorEventDefinition' ? 'error' : 'event';
}

function connectionsOf({ nodes, edges }: FlowGraph): readonly string[] {
  const own = edges.map(({ from, to, kind, label, again }) => {
    const name = [label, again].filter((part) => part !== undefined).join(': ');
    return `Node_${bpmnId(from)} ${kind} Node_${bpmnId(to)} ${name}`;
  });
  return [...own, ...nodes.flatMap(({ inside }) => (inside === undefined ? [] : connectionsOf(inside)))];
}

const surveys = surveySagas(sources, files);

describe('a saga as BPMN', () => {
  it.each(surveys.map((survey) => [survey.saga, survey] as const))(
    'has the same graph when it is read back: %s',
    async (_, survey) => {
      const [process] = (await modelOf(survey))['rootElements'] as readonly BpmnElement[];

      const expected = connectionsOf(bpmnGraph(survey.graph));
      expect(expected.length).toBeGreaterThan(1);
      expect([...connectionsIn(process!)].toSorted()).toEqual([...expected].toSorted());
    },
  );

  it.each(surveys.map((survey) => [survey.saga, survey] as const))(
    'has a place for everything that a viewer draws: %s',
    async (_, survey) => {
      const root = await modelOf(survey);
      const [process] = root['rootElements'] as readonly BpmnElement[];
      const diagrams = diagramsOf(root);
      const ids = new Set(
        diagrams.flatMap(({ plane }) => plane.planeElement).map(({ bpmnElement }) => bpmnElement.id),
      );

      expect(everythingIn(process!).filter(({ id }) => !ids.has(id))).toEqual([]);
      expect(diagrams.flatMap(overlapsIn)).toEqual([]);
    },
  );

  it('never leaves an activity by several ways that would all be taken', async () => {
    for (const survey of surveys) {
      const [process] = (await modelOf(survey))['rootElements'] as readonly BpmnElement[];
      const split = everythingIn(process!).filter(
        ({ $type, outgoing }) =>
          !$type.endsWith('Gateway') && ((outgoing as readonly unknown[] | undefined) ?? []).length > 1,
      );
      expect(split.map(({ id }) => id)).toEqual([]);
    }
  });

  const order = {
    file: 'order.yaml',
    text: `saga: order
version: 1
key: input.id
steps:
  - { step: reserve, call: inventory.reserve, compensate: inventory.release }
  - { step: print, call: printer.print, compensate: { none: paper is cheap } }
`,
  };

  it('undoes by compensation, and says what stays', async () => {
    const [survey] = surveySagas([order]);
    const [process] = (await readBack(survey!, [order]))['rootElements'] as readonly BpmnElement[];
    const undo = everythingIn(process!).find(({ id }) => id === 'Undo_reserve');
    const artifacts = process!['artifacts'] as readonly BpmnElement[];
    const association = artifacts.find(({ targetRef }) => targetRef === undo);

    expect(undo).toMatchObject({
      $type: 'bpmn:ServiceTask',
      name: 'inventory.release',
      isForCompensation: true,
    });
    expect((association!['sourceRef'] as BpmnElement)['attachedToRef']).toMatchObject({ id: 'Node_reserve' });
    expect(artifacts.map(({ text }) => text)).toContain('stays: paper is cheap');
  });

  it('draws what undoes a block right above it, and the line between', async () => {
    const [survey] = surveySagas([order]);
    const [{ plane }] = diagramsOf(await readBack(survey!, [order])) as readonly [Diagram];
    const { planeElement: drawn } = plane;
    const placeOf = (id: string) => drawn.find(({ bpmnElement }) => bpmnElement.id === id)!.bounds!;
    const line = drawn.find(({ bpmnElement }) => bpmnElement.id === 'Association_reserve');
    const block = placeOf('Node_reserve');
    const undo = placeOf('Undo_reserve');

    expect(undo.x).toBe(block.x);
    expect(undo.y + undo.height).toBeLessThan(block.y);
    expect(line).toMatchObject({
      waypoint: [
        { x: block.x + block.width / 2, y: placeOf('Boundary_reserve_undo').y },
        { x: undo.x + undo.width / 2, y: undo.y + undo.height },
      ],
    });
  });
});
