import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { Json } from '../src/json.js';
import { run } from './running-saga.js';

const ROUTE_RULES = `decision: route-rules
version: 7
hit: collect
inputs: { stop: {}, plan: {} }
rules:
  - { rule: driver-cap, if: 'plan.stops.filter(s, s.driverId == stop.driverId).size() > 2', because: more than two stops for one driver }
  - { rule: dock-closed, if: 'stop.arrival < stop.opens || stop.arrival > stop.closes', because: the dock is closed then }
  - { rule: road-closed, if: stop.roadId in plan.closedRoads, because: the road is closed }
`;

const OVER_STOPS = `saga: release-plan
version: 1
key: input.planId
steps:
  - decide: hardRules
    table: route-rules
    over: input.plan.stops
    as: stop
    with: { plan: '\${ input.plan }' }
  - emit: released
    event: dispatch.plan-released
    with: { stops: '\${ steps.hardRules.output.passed.map(j, j.item.id) }', refused: '\${ steps.hardRules.output.refused }' }
`;

function programOf(...texts: readonly string[]) {
  const { programs, problems } = compileDefinitions(
    texts.map((text, index) => ({ file: `${index}.yaml`, text })),
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

function discount(hit: string, rules: string, input: Json) {
  const table = `decision: discount
version: 3
hit: ${hit}
inputs: { order: { type: object, properties: { total: { type: integer, minimum: 0 }, isMember: { type: boolean } } } }
${rules}
`;
  const saga = `saga: price
version: 1
key: input.id
steps:
  - decide: discount
    table: discount
    with: { order: '\${ input.order }' }
    catch: { invalid: { output: nobody knows } }
`;
  return run(programOf(table, saga), { id: 'o1', order: input }).steps['discount']!;
}

const FIRST = `rules:
  - { rule: large-member, if: order.total >= 100 && order.isMember, output: 20 }
  - { rule: large, if: order.total >= 100, output: 10 }
default: 0`;

describe('a decision over a list', () => {
  const plan = {
    stops: [
      { id: 'a', driverId: 'd1', arrival: 9, opens: 8, closes: 17, roadId: 'A1' },
      { id: 'b', driverId: 'd1', arrival: 18, opens: 8, closes: 17, roadId: 'A9' },
    ],
    closedRoads: ['A9'],
  };
  const { steps, told } = run(programOf(ROUTE_RULES, OVER_STOPS), { planId: 'p1', plan });

  it('parts what passes from what is refused, and names the rules', () => {
    expect(steps['hardRules']!.output).toEqual({
      passed: [{ item: plan.stops[0], rules: [] }],
      refused: [{ item: plan.stops[1], rules: ['dock-closed', 'road-closed'] }],
    });
  });

  it('leaves table, version and rules beside its output', () => {
    expect(steps['hardRules']!.decision).toEqual({
      table: 'route-rules',
      version: 7,
      rules: ['dock-closed', 'road-closed'],
    });
  });

  it('lets the saga go on with what passed', () => {
    expect(told).toEqual(['dispatch.plan-released']);
  });
});

describe('a decision', () => {
  it('is kept in the history with what it was asked', () => {
    const { notes } = run(programOf(ROUTE_RULES, OVER_STOPS), {
      planId: 'p1',
      plan: { stops: [], closedRoads: [] },
    });

    expect(notes).toEqual([
      {
        what: 'decided',
        table: 'route-rules',
        version: 7,
        rules: [],
        inputs: { plan: { stops: [], closedRoads: [] }, stop: [] },
        output: { passed: [], refused: [] },
      },
    ]);
  });

  it('takes the first rule that holds', () => {
    const { output, decision } = discount('first', FIRST, { total: 150, isMember: true });

    expect([output, decision!.rules]).toEqual([20, ['large-member']]);
  });

  it('falls back on its default', () => {
    const { output, decision } = discount('first', FIRST, { total: 5, isMember: true });

    expect([output, decision!.rules]).toEqual([0, []]);
  });

  it('gives the name of a rule without an output', () => {
    const rules = 'rules: [{ rule: small, if: order.total < 100 }, { rule: large, if: order.total >= 100 }]';

    expect(discount('unique', rules, { total: 100 }).output).toBe('large');
  });

  it('collects what every rule gives', () => {
    const rules =
      'rules: [{ rule: member, if: order.isMember, output: 5 }, { rule: large, if: order.total > 9, output: 10 }]';

    expect(discount('collect', rules, { total: 10, isMember: true }).output).toEqual([5, 10]);
  });

  it('refuses inputs that do not fit their schema', () => {
    expect(discount('first', FIRST, { total: -1, isMember: true }).output).toBe('nobody knows');
  });

  it('takes lengths of time as expressions make them, to the millisecond', () => {
    const table = `decision: urgency
version: 1
hit: first
inputs: { late: { type: string, format: duration } }
rules: [{ rule: early, if: "late < duration('0s')", output: early }, { rule: late, if: "late > duration('1s')", output: late }]
default: on-time
`;
    const saga = `saga: urge
version: 1
key: input.id
steps: [{ decide: urgency, table: urgency, with: { late: '\${ timestamp(input.came) - timestamp(input.due) }' } }]
`;
    const urgency = (came: string) =>
      run(programOf(table, saga), { id: 'o1', came, due: '2026-01-05T09:00:00Z' }).steps['urgency']!.output;

    expect(urgency('2026-01-05T09:00:01.308Z')).toBe('late');
    expect(urgency('2026-01-05T08:59:59.5Z')).toBe('early');
    expect(urgency('2026-01-05T09:00:00.5Z')).toBe('on-time');
  });

  it('names every rule that agrees', () => {
    const rules = `rules: [{ rule: a, if: order.total > 5, output: 1 }, { rule: b, if: order.total > 9, output: 1 }]
default: 0`;

    expect(discount('any', rules, { total: 10 }).decision!.rules).toEqual(['a', 'b']);
  });
});
