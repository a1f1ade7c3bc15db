import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { allNodes, type FlowGraph } from '../src/survey/flow-graph.js';
import { mermaidOf } from '../src/survey/mermaid.js';
import { surveySagas, type SagaSurvey } from '../src/survey/survey-sagas.js';
import { exampleFiles, exampleSources } from './example-sagas.fixture.js';
import { drawnIn, flowchartOf, kindOf } from './mermaid-reader.fixture.js';

const ORDER = `saga: order
version: 1
key: input.id
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
    catch: { out-of-stock: { end: sold-out } }
  - group: pay
    do:
      - step: charge
        title: 'Take "the" <money>'
        call: payment.charge
        pivot: true
`.replace('{ end: sold-out }', '{ do: [{ end: sold-out }] }');

const FENCED = /^```mermaid\n([^]*?)^```/gm;

function surveyOf(text: string): SagaSurvey {
  return surveySagas([{ file: 'saga.yaml', text }])[0]!;
}

describe('a diagram of a saga', () => {
  const lines = mermaidOf(surveyOf(ORDER).graph)
    .split('\n')
    .map((line) => line.trim());

  it('has a node for each block, with whom it asks', () => {
    expect(lines).toContain('b_reserve["reserve<br/>inventory.reserve"]');
  });

  it('has what undoes a block beside it', () => {
    expect(lines).toContain('b_reserve__undo["inventory.release"]');
    expect(lines).toContain('b_reserve -.- b_reserve__undo');
  });

  it('has the way of an error', () => {
    expect(lines).toContain('b_reserve -.->|"out-of-stock"| b_reserve_out___of___stock_1');
  });

  it('marks the pivot', () => {
    expect(lines).toContain('class b_charge pivot');
  });

  it('holds the blocks of a group together', () => {
    expect(lines).toContain('subgraph b_pay["pay"]');
    expect(lines).toContain('b_reserve --> b_pay');
  });

  it('leaves no sign in a text that Mermaid would take for its own', () => {
    expect(lines).toContain('b_charge["Take #34;the#34; #60;money#62;<br/>payment.charge"]');
  });

  it.each(['%%{init: {}}%%', '%% so', '[a] {b} (c)', 'end', 'a | b; c', '`md`', '$$x$$', 'class x', 'a\\nb'])(
    'shows what a block is called, whatever that is: %s',
    async (title) => {
      const text = ORDER.replace(`'Take "the" <money>'`, () => JSON.stringify(title));
      const chart = await flowchartOf(mermaidOf(surveyOf(text).graph));

      expect(drawnIn(chart, 'b_charge')).toBe(`${title.replace('\n', '<br/>')}<br/>payment.charge`);
    },
  );

  it('colours blocks by how far a run has come', () => {
    const drawn = mermaidOf(surveyOf(ORDER).graph, new Map([['reserve', 'done']]));

    expect(drawn).toContain('  class b_reserve done\n');
    expect(lines).not.toContain('class b_reserve done');
  });
});

describe('the diagrams of all examples', () => {
  const surveys = surveySagas(exampleSources, exampleFiles).map((survey) => [survey.saga, survey] as const);

  it.each(surveys)('are to Mermaid what they are here: %s', async (_, { graph }) => {
    const { nodes, edges } = counted(graph);
    const chart = await flowchartOf(mermaidOf(graph));
    const subgraphs = chart.getSubGraphs().map(({ id }) => id);
    const drawn = new Set([...chart.getVertices().keys(), ...subgraphs]);

    expect([drawn.size, chart.getEdges().length]).toEqual([nodes, edges]);
  });

  it.each(surveys)('can be coloured: %s', async (_, { graph }) => {
    const progress = new Map(allNodes(graph).map(({ id }) => [id, 'done'] as const));

    expect(await kindOf(mermaidOf(graph, progress))).toBe('flowchart-v2');
  });
});

/** How much there is to draw. What undoes a block is a node, and an edge to it. */
function counted(graph: FlowGraph): { readonly nodes: number; readonly edges: number } {
  const all = allNodes(graph);
  const undos = all.filter(({ undo }) => undo !== undefined).length;
  const inside = all.flatMap((node) => (node.inside === undefined ? [] : node.inside.edges));
  return { nodes: all.length + undos, edges: graph.edges.length + inside.length + undos };
}

describe('the diagrams in texts about this project', () => {
  const files = ['apps', 'libs', 'deploy', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  const diagrams = [...files, 'README.md']
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(FENCED)].map(([, text]) => [file, text!] as const),
    );

  it.each(diagrams)('are diagrams to Mermaid: %s', async (_, text) => {
    expect(await kindOf(text)).toMatch(/^(?:stateDiagram|sequence|flowchart-v2)$/);
  });
});
