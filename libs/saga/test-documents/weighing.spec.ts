import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { weighingText } from '../src/decision/weighing-text.js';
import { decideAgain, type DecisionNote } from '../src/engine/deciding-again.js';
import type { Json } from '../src/json.js';
import { run } from './running-saga.js';

const PLAN_QUALITY = `decision: plan-quality
version: 2
hit: weigh
inputs: { plan: { type: object }, budget: { type: number } }
objectives:
  cost: { score: 1 - plan.cost / budget, atLeast: 0.3, because: a tenth is kept for the unforeseen }
  punctuality: { score: plan.onTime / plan.stops, atLeast: 0.9 }
  emissions: 1 - plan.km / 1000
rules:
  - { rule: no-late-shift, if: plan.endsAt > 20, because: drivers asked to be home by eight }
  - { rule: own-trucks, if: plan.hired > 0 }
`;

const WEIGHED_ONCE = `saga: plan
version: 1
key: input.id
steps:
  - decide: quality
    table: plan-quality
    with: { plan: '\${ input.plan }', budget: '\${ input.budget }' }
    catch: { invalid: { output: '\${ failure.message }' } }
`;

const COMPARED = `saga: plan
version: 1
key: input.id
steps:
  - decide: quality
    table: plan-quality
    over: input.plans
    as: plan
    with: { budget: '\${ input.budget }' }
`;

const frugal = { cost: 500, onTime: 17, stops: 20, km: 400, endsAt: 21, hired: 0 };
const punctual = { cost: 800, onTime: 20, stops: 20, km: 400, endsAt: 18, hired: 1 };

function programOf(...texts: readonly string[]) {
  const { programs, problems } = compileDefinitions(
    texts.map((text, index) => ({ file: `${index}.yaml`, text })),
  );
  expect(problems).toEqual([]);
  return programs[0]!;
}

function weighed(plan: Json, budget = 1000) {
  return run(programOf(PLAN_QUALITY, WEIGHED_ONCE), { id: 'p1', plan, budget });
}

function compared(...plans: readonly Json[]) {
  return run(programOf(PLAN_QUALITY, COMPARED), { id: 'p1', plans, budget: 1000 });
}

describe('a proposal that is weighed', () => {
  it('has a score for each objective, what it misses, and the preferences it breaks', () => {
    expect(weighed(frugal).steps['quality']!.output).toEqual({
      scores: { cost: 0.5, punctuality: 0.85, emissions: 0.6 },
      below: [{ objective: 'punctuality', score: 0.85, atLeast: 0.9 }],
      breaks: [{ preference: 'no-late-shift', because: 'drivers asked to be home by eight' }],
    });
  });

  it('says why an objective matters that it misses', () => {
    expect(weighed(punctual).steps['quality']!.output).toMatchObject({
      below: [{ objective: 'cost', score: 0.2, because: 'a tenth is kept for the unforeseen' }],
      breaks: [{ preference: 'own-trucks' }],
    });
  });

  it('breaks nothing and misses nothing where all is well', () => {
    const { output, decision } = weighed({ ...frugal, onTime: 18, endsAt: 20 }).steps['quality']!;

    expect(output).toMatchObject({ below: [], breaks: [] });
    expect(decision).toEqual({ table: 'plan-quality', version: 2, rules: [] });
  });

  it('is not scored by what is no score', () => {
    expect(weighed(frugal, 250).steps['quality']!.output).toContain(
      'objective cost of table plan-quality version 2 scores -1, and a score is from 0 to 1',
    );
    expect(weighed({ ...frugal, stops: 'many' }).steps['quality']!.output).toContain(
      'objective punctuality of table plan-quality version 2: ',
    );
  });

  it('is kept in the history with version and scores, and comes out the same once more', () => {
    const program = programOf(PLAN_QUALITY, WEIGHED_ONCE);
    const { notes } = run(program, { id: 'p1', plan: frugal, budget: 1000 });
    const note = JSON.parse(JSON.stringify(notes[0])) as DecisionNote;

    expect(note).toMatchObject({
      table: 'plan-quality',
      version: 2,
      weighed: true,
      rules: ['no-late-shift'],
      output: { scores: { cost: 0.5 } },
    });
    expect(decideAgain(program, 'quality', note, 0)).toEqual({ kind: 'same' });
    expect(decideAgain(program, 'quality', { ...note, inputs: { plan: frugal, budget: 2000 } }, 0)).toEqual({
      kind: 'different',
      rules: ['no-late-shift'],
      because: 'the same rules give another output',
    });
  });

  it('is told of on one line', () => {
    expect(weighingText(weighed(frugal).steps['quality']!.output)).toBe(
      'cost 0.5, punctuality 0.85 (at least 0.9 is wanted), emissions 0.6; breaks no-late-shift',
    );
    expect(weighingText('[masked: medical]')).toBe('the scores are [masked: medical]');
  });
});

describe('proposals that are weighed beside each other', () => {
  it('are each best for something, and no one for objectives that conflict', () => {
    expect(compared(frugal, punctual).steps['quality']!.output).toMatchObject({
      conflicts: [['cost', 'punctuality']],
      proposals: [
        { item: frugal, scores: { cost: 0.5 }, bestFor: ['cost', 'emissions'] },
        { item: punctual, scores: { cost: 0.2 }, bestFor: ['punctuality', 'emissions'] },
      ],
    });
  });

  it('do not conflict where one is best for everything', () => {
    expect(compared(frugal, { ...punctual, cost: 400 }).steps['quality']!.output).toMatchObject({
      conflicts: [],
    });
  });

  it('are not told apart by what only a computer sees', () => {
    // 0.1 + 0.2 and 0.3 differ in the last binary digit.
    const sum = { ...frugal, cost: 700.0000000000001 };

    expect(compared({ ...frugal, cost: 700 }, sum).steps['quality']!.output).toMatchObject({
      proposals: [{ bestFor: ['cost', 'punctuality', 'emissions'] }, { scores: { cost: 0.3 }, below: [{}] }],
    });
  });

  it('name every preference that one of them breaks, in the order of the table', () => {
    expect(compared(punctual, frugal).steps['quality']!.decision!.rules).toEqual([
      'no-late-shift',
      'own-trucks',
    ]);
  });

  it('may be none', () => {
    expect(compared().steps['quality']!.output).toEqual({ conflicts: [], proposals: [] });
  });

  it('are told of on one line, the first five of them', () => {
    const text = weighingText(compared(...Array<Json>(6).fill(frugal), punctual).steps['quality']!.output);

    expect(text).toContain('1: cost 0.5, punctuality 0.85 (at least 0.9 is wanted)');
    expect(text).not.toContain('6: ');
    expect(text).toMatch(/ \| and 2 more \| no proposal is best for both cost and punctuality$/);
  });
});
