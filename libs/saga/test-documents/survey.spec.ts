import { describe, expect, it } from '@jest/globals';
import { allNodes } from '../src/survey/flow-graph.js';
import { surveySagas, type SagaSurvey } from '../src/survey/survey-sagas.js';
import { exampleFiles, exampleSources } from './example-sagas.fixture.js';

const CONTRACTS = `participant: inventory
owner: warehouse
commands:
  reserve: { rejects: [out-of-stock], undoneBy: inventory.release, verify: inventory.reservation }
  release: {}
  reservation: { effect: none }
---
participant: pricing
owner: sales
opaque: a spreadsheet of the sales team
commands: { price: { effect: none }, label: { rejects: [no-paper] } }
---
participant: adviser
owner: data
kind: agent
clearance: []
commands:
  advise: { effect: none, allow: { of: data.action, values: [yes-please, no-thanks] }, record: [data.action] }
---
namespace: shop
owner: shop-it
`;

const ORDER = `saga: order
version: 1
owner: orders
key: input.orderId
toggles: { advice: { default: true } }
triggers: [{ event: shop.order.placed }, { person: clerk }]
steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
  - step: price
    call: pricing.price
    if: input.price == null
  - group: labels
    owner: sales
    do:
      - step: label
        call: pricing.label
        compensate: { none: paper is cheap }
    catch: { no-paper: { undo: false, do: [{ task: buyPaper, to: { role: clerk }, escalate: [{ after: 1d, to: { role: lead } }], answers: { bought: [] } }], then: retry } }
  - step: advice
    call: adviser.advise
    toggle: advice
    catch: { failed: incident, unknown: incident, invalid: incident }
  - task: review
    to: { role: lead }
    if: input.total > 1000
    show: { said: '\${ steps.advice.output }' }
    escalate: [{ after: 1d, to: { role: lead } }]
    answers: { agree: [], change: [] }
  - choice: size
    cases: [{ case: large, if: input.total > 1000, do: [{ end: by-hand }] }]
    else: []
  - emit: tell
    event: shop.order.priced
outcomes: { completed: { emit: shop.order.done } }
`;

function surveyOf(text: string): SagaSurvey {
  return surveySagas([
    { file: 'contracts.yaml', text: CONTRACTS },
    { file: 'saga.yaml', text },
  ])[0]!;
}

describe('a survey of a saga', () => {
  const survey = surveyOf(ORDER);

  it('lists what nothing undoes, with the reason', () => {
    expect(survey.kept).toEqual([{ block: 'label', because: 'paper is cheap' }]);
  });

  it('finds every change of whom the work lies with', () => {
    expect(survey.handoffs.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'start reserve',
      'reserve price',
      'reserve label',
      'label buyPaper',
      'buyPaper label',
      'label advice',
      'advice review',
    ]);
  });

  it('names both sides of a handoff by owner, and people by role', () => {
    expect(survey.handoffs).toContainEqual({
      from: 'label',
      to: 'buyPaper',
      fromWhom: 'sales',
      toWhom: 'clerk',
    });
  });

  it('says where is decided by what', () => {
    expect(survey.decisions).toEqual([
      { block: 'price:if', decides: 'input.price == null' },
      { block: 'review:if', decides: 'input.total > 1000' },
      { block: 'review', decides: 'agree, change' },
      { block: 'size', decides: 'large if input.total > 1000' },
    ]);
  });

  it('lists everything outside that blocks deal with', () => {
    expect(survey.touchpoints.map(({ block, way, name }) => `${block} ${way} ${name}`)).toEqual([
      'start hears shop.order.placed',
      'start people clerk',
      'reserve asks inventory.reserve',
      'reserve verifies inventory.reservation',
      'reserve undoes inventory.release',
      'price asks pricing.price',
      'label asks pricing.label',
      'buyPaper people clerk',
      'advice asks adviser.advise',
      'review people lead',
      'tell tells shop.order.priced',
      'end tells shop.order.done',
    ]);
  });

  it('marks what crosses a boundary, by the nearest owner of a block', () => {
    const crossing = survey.touchpoints.filter(({ crosses }) => crosses).map(({ name }) => name);

    expect(crossing).toEqual([
      'inventory.reserve',
      'inventory.reservation',
      'inventory.release',
      'pricing.price',
      'adviser.advise',
    ]);
  });

  it('tells black boxes, and their share of what works or decides', () => {
    expect(survey.opaque).toEqual({
      blocks: [
        { block: 'price', because: 'a spreadsheet of the sales team' },
        { block: 'label', because: 'a spreadsheet of the sales team' },
        { block: 'advice', because: 'an agent decides' },
        { block: 'review', because: 'people decide' },
      ],
      of: 9,
      share: 4 / 9,
    });
  });

  it('takes the owner of the namespace where nobody nearer is named', () => {
    expect(surveyOf(ORDER.replace('owner: orders\n', '')).owner).toBe('shop-it');
  });
});

describe('a survey of a saga that other things reach from outside', () => {
  const { graph, touchpoints, opaque } = surveyOf(`saga: claim
version: 1
key: input.id
triggers: [{ saga: order, outcome: completed }]
listen: [{ event: shop.claim.withdrawn, raise: withdrawn, tooLate: [{ emit: tooLate, event: shop.claim.kept }] }]
steps:
  - choice: size
    cases: [{ case: large, if: input.total > 1000, do: [] }]
    else: []
    listen: [{ event: shop.claim.resized, raise: resized }]
    catch: { resized: { do: [{ end: unknown-size }] } }
  - task: decide
    to: { role: clerk }
    escalate: [{ after: 1d, to: { role: lead } }]
    answers: { approve: [], deny: { adverse: true, needs: [reason], do: [{ end: denied }] } }
    catch: { invalid: { do: [{ end: undecided }] } }
`);

  it('knows what it follows on, listens for and tells too late', () => {
    expect(touchpoints.map(({ block, way, name }) => `${block} ${way} ${name}`)).toEqual([
      'start follows order',
      'size hears shop.claim.resized',
      'decide people clerk',
      'saga.listen1 hears shop.claim.withdrawn',
      'tooLate tells shop.claim.kept',
    ]);
  });

  it('holds what branches together where an error reaches the whole of it', () => {
    const errors = graph.edges.filter(({ kind }) => kind === 'error');

    expect(errors.map(({ from, label }) => `${from} ${label}`)).toEqual([
      'size:whole resized',
      'decide:whole invalid',
    ]);
    expect(graph.nodes.find(({ id }) => id === 'size:whole')).toMatchObject({ kind: 'group' });
  });

  it('counts a block once', () => {
    expect(opaque).toEqual({
      blocks: [{ block: 'decide', because: 'people decide' }],
      of: 2,
      share: 0.5,
    });
  });
});

describe('the graphs of all examples', () => {
  const surveys = surveySagas(exampleSources, exampleFiles);

  it('count a table as a decision unless it only weighs', () => {
    const tables = surveys.flatMap(({ decisions }) => decisions.map(({ decides }) => decides));

    expect(tables).toContain('table applicant-verdict');
    expect(tables).not.toContain('table plan-priorities');
  });

  it.each(surveys.map((survey) => [survey.saga, survey] as const))(
    'have no loose end: %s',
    (_, { graph }) => {
      const ids = allNodes(graph).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { nodes, edges } of [graph, ...allNodes(graph).flatMap(({ inside }) => inside ?? [])]) {
        const own = new Set(nodes.map(({ id }) => id));
        for (const { from, to } of edges) expect([own.has(from), own.has(to)]).toEqual([true, true]);
        const reached = new Set(edges.map(({ to }) => to));
        const gates = nodes.filter(({ kind }) => ['way', 'choice', 'fork', 'join'].includes(kind));
        const reaching = edges.filter(({ kind }) => kind !== 'flow').map(({ from }) => from);
        expect(gates.filter(({ id }) => reaching.includes(id))).toEqual([]);
        for (const { id, kind } of nodes)
          expect([id, reached.has(id) || ['start', 'caught', 'heard'].includes(kind)]).toEqual([id, true]);
      }
    },
  );
});
