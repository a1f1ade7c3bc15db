import { describe, expect, it } from '@jest/globals';
import { allNodes } from '../src/survey/flow-graph.js';
import { mermaidOf } from '../src/survey/mermaid.js';
import { surveySagas, type SagaSurvey } from '../src/survey/survey-sagas.js';
import { exampleFiles, exampleSources } from './example-sagas.fixture.js';

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

  it('colours blocks by how far a run has come', () => {
    const drawn = mermaidOf(surveyOf(ORDER).graph, new Map([['reserve', 'done']]));

    expect(drawn).toContain('  class b_reserve done\n');
    expect(lines).not.toContain('class b_reserve done');
  });
});

describe('the diagrams of all examples', () => {
  const surveys = surveySagas(exampleSources, exampleFiles).map((survey) => [survey.saga, survey] as const);

  it.each(surveys)('declare everything they connect: %s', (_, { graph }) => {
    const drawn = mermaidOf(graph);
    const declared = [...drawn.matchAll(/^ *(?:subgraph )?(b_\w+)[[({>]/gm)].map(([, id]) => id);
    const connected = [...drawn.matchAll(/^ *(b_\w+) (?:-->|-\.->|-\.-)(?:\|"[^"]*"\|)? (b_\w+)$/gm)];

    expect(new Set(declared).size).toBe(declared.length);
    expect(declared.length).toBeGreaterThanOrEqual(allNodes(graph).length);
    for (const [, from, to] of connected)
      expect([declared.includes(from), declared.includes(to)]).toEqual([true, true]);
    const edges = drawn.split('\n').filter((line) => / (-->|-\.->|-\.-)/.test(line));
    expect(connected).toHaveLength(edges.length);
  });
});
