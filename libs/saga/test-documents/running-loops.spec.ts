import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { Program } from '../src/program.js';
import { exampleFiles, exampleSources } from './example-sagas.fixture.js';
import { run } from './running-saga.js';
import { sagaOf } from './wrong-document.js';

const { programs } = compileDefinitions(exampleSources, exampleFiles);

function saga(steps: string): Program {
  const { programs: compiled, problems } = compileDefinitions([{ file: 'saga.yaml', text: sagaOf(steps) }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return compiled[0]!;
}

const no = { outcome: 'rejected', error: 'nobody-known' } as const;

describe('the saga that screens applicants', () => {
  const screening = programs.find(({ definition }) => definition === 'screen-applicants')!;
  const people = Array.from({ length: 10 }, (_, index) => ({ id: `p${index}`, name: `N${index}` }));
  const clear = { status: 'clear', checkedAt: '2026-01-31T12:00:00Z' };
  const ready = { 'scoring.ask': [{ outcome: 'succeeded', data: { ready: true, score: 7 } }] } as const;

  it('goes on with nine of ten', () => {
    const { told, steps, data } = run(
      screening,
      { batchId: 'b1', people },
      {
        'identity.verify': [
          no,
          ...people.slice(1).map(() => ({ outcome: 'succeeded', data: clear }) as const),
        ],
        ...ready,
      },
    );

    expect(told).toEqual(['risk.batch-screened']);
    expect(steps['checks']).toMatchObject({ completeness: 0.9, missing: ['p0'] });
    expect(data['scoring.ask']).toEqual({ results: people.slice(1).map(() => clear) });
  });

  it('asks the missing ones again, and only them', () => {
    const { sent, told, steps } = run(
      screening,
      { batchId: 'b1', people },
      { 'identity.verify': [no, { ...no, error: 'too-busy' }], ...ready },
    );

    expect(sent.filter((call) => call === 'identity.verify')).toHaveLength(12);
    expect(told).toEqual(['risk.batch-incomplete', 'risk.batch-screened']);
    expect(steps['checks']).toMatchObject({ completeness: 1, missing: [] });
  });

  it('asks for the score until it is there', () => {
    const { sent, steps } = run(
      screening,
      { batchId: 'b1', people: [] },
      {
        'scoring.ask': [
          { outcome: 'succeeded', data: { ready: false } },
          { outcome: 'succeeded', data: { ready: false } },
          { outcome: 'succeeded', data: { ready: true, score: 3 } },
        ],
      },
    );

    expect(sent).toEqual(['scoring.ask', 'scoring.ask', 'scoring.ask']);
    expect(steps['scoring']).toMatchObject({ output: { ready: true, score: 3 } });
    expect(steps['scoring']!.endedAt - steps['scoring']!.startedAt).toBe(60_000);
  });
});

describe('a forEach', () => {
  it('undoes with what each item knew', () => {
    const { sent, data, finish } = run(
      saga(`  - forEach: lines
    in: input.lines
    as: line
    do:
      - set: place
        value: \${ line.sku + '@' + input.shop }
      - step: reserve
        call: inventory.reserve
        compensate: { call: inventory.release, with: { sku: '\${ line.sku }', at: '\${ steps.place.output }', index: '\${ index }' } }
  - raise: too-late`),
      { orderId: 'o1', shop: 'S', lines: [{ sku: 'a' }, { sku: 'b' }] },
    );

    expect(finish?.status).toBe('compensated');
    expect(sent).toEqual([
      'inventory.reserve',
      'inventory.reserve',
      'inventory.release',
      'inventory.release',
    ]);
    expect(data['inventory.release']).toEqual({ sku: 'b', at: 'b@S', index: 1 });
  });

  it('gives what its output says', () => {
    const { steps } = run(
      saga(`  - forEach: lines
    in: input.lines
    output: { sku: '\${ item.sku }', at: '\${ steps.?far.output.orValue(0) }' }
    do:
      - set: far
        if: item.sku == 'b'
        value: 7`),
      { orderId: 'o1', lines: [{ sku: 'a' }, { sku: 'b' }] },
    );

    expect(steps['lines']!.output).toEqual([
      { sku: 'a', at: 0 },
      { sku: 'b', at: 7 },
    ]);
  });

  it('leaves no gap for an item whose last block was skipped', () => {
    const { steps } = run(
      saga(`  - forEach: lines
    in: input.lines
    do:
      - set: far
        if: item.sku == 'b'
        value: 7`),
      { orderId: 'o1', lines: [{ sku: 'a' }, { sku: 'b' }] },
    );

    expect(steps['lines']!.output).toEqual([7]);
  });

  it('works through loops in loops', () => {
    const { steps } = run(
      saga(`  - forEach: boxes
    in: input.boxes
    as: box
    do:
      - repeat: twice
        until: index == 1
        max: 2
        do:
          - forEach: parts
            in: box.parts
            as: part
            do:
              - set: name
                value: \${ box.id + part }`),
      {
        orderId: 'o1',
        boxes: [
          { id: 'x', parts: ['1', '2'] },
          { id: 'y', parts: ['3'] },
        ],
      },
    );

    expect(steps['boxes']!.output).toEqual([['x1', 'x2'], ['y3']]);
  });

  it('keeps what a handler puts in its place, and what was missing', () => {
    const { steps } = run(
      saga(`  - forEach: lines
    in: input.lines
    do:
      - step: reserve
        call: inventory.reserve
        compensate: inventory.release
    catch:
      incomplete: { undo: false, output: ['none'] }
  - set: gap
    value: \${ steps.lines.missing.orValue([]) }`),
      { orderId: 'o1', lines: [1, 2, 3] },
      {
        'inventory.reserve': [
          { outcome: 'rejected', error: 'a' },
          { outcome: 'rejected', error: 'b' },
        ],
      },
    );

    expect(steps['lines']).toMatchObject({ output: ['none'], missing: ['0', '1'] });
    expect(steps['gap']!.output).toEqual(['0', '1']);
  });
});

describe('a failure with causes', () => {
  const checked = (value: string): Program =>
    saga(`  - forEach: lines
    in: input.lines
    do:
      - step: reserve
        call: inventory.reserve
        compensate: inventory.release
    catch:
      incomplete:
        undo: false
        do: [{ set: why, value: "${value}" }]`);
  const twice = {
    'inventory.reserve': [
      { outcome: 'rejected', error: 'a' },
      { outcome: 'rejected', error: 'b' },
    ],
  } as const;

  it('can be read cause by cause', () => {
    const { steps } = run(
      checked("${ failure.causes.map(c, c.leg.orValue(c.step) + ':' + c.error) }"),
      { lines: [1, 2] },
      twice,
    );

    expect(steps['why']!.output).toEqual(['0:a', '1:b']);
  });

  it('has none where nothing led to it', () => {
    const { steps } = run(
      saga(`  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
    catch:
      rejected: { do: [{ set: why, value: '\${ size(failure.causes) }' }] }`),
      { lines: [] },
      { 'inventory.reserve': [{ outcome: 'rejected', error: 'a' }] },
    );

    expect(steps['why']!.output).toBe(0);
  });
});

describe('a list that holds less than is needed', () => {
  const shipped = (handlers: string): Program =>
    saga(`  - step: pay
    call: payment.charge
    pivot: true
  - forEach: lines
    in: input.lines
    join: any
    do:
      - step: note
        call: inventory.note
${handlers}`);

  it('goes on behind the pivot with what a handler puts in its place', () => {
    const { finish, steps, incidents } = run(
      shipped(`    catch:
      incomplete: { output: ['nothing'] }`),
      { orderId: 'o1', lines: [] },
    );

    expect(finish?.status).toBe('completed');
    expect(incidents).toEqual([]);
    expect(steps['lines']).toMatchObject({ output: ['nothing'], outcome: 'incomplete', missing: [] });
  });

  it('undoes everything before the pivot', () => {
    const { finish, sent } = run(
      saga(`  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
  - forEach: lines
    in: input.lines
    join: any
    do:
      - step: note
        call: inventory.note
        compensate: { none: a note may stay }`),
      { orderId: 'o1', lines: [] },
    );

    expect(finish?.status).toBe('compensated');
    expect(sent).toEqual(['inventory.reserve', 'inventory.release']);
  });
});

describe('a parallel that needs one of its branches', () => {
  it('goes on with the first and undoes the other', () => {
    const { sent, steps } = run(
      saga(`  - parallel: carriers
    join: any
    branches:
      fast: [{ step: holdFast, call: fast.hold, compensate: fast.release }]
      cheap: [{ step: holdCheap, call: cheap.hold, compensate: cheap.release }]
  - set: won
    value: "\${ has(steps.holdFast) ? 'fast' : 'cheap' }"`),
      { orderId: 'o1' },
      { 'fast.hold': [{ outcome: 'rejected', error: 'full' }] },
    );

    expect(sent).toEqual(['fast.hold', 'cheap.hold']);
    expect(steps['carriers']).toMatchObject({ completeness: 0.5, missing: ['fast'] });
    expect(steps['won']!.output).toBe('cheap');
  });
});

describe('a saga that tells how much of a join there is', () => {
  const screening = () =>
    saga(`  - forEach: checks
    in: input.people
    as: person
    key: person.id
    tolerate: 50%
    do: [{ step: verify, call: identity.verify, compensate: { none: it only asks } }]
outcomes:
  completed:
    emit: risk.screened
    with: { results: '\${ steps.?checks.output.orValue([]) }', completeness: '\${ steps.?checks.completeness.orValue(0) }', missing: '\${ steps.?checks.missing.orValue([]) }' }`);
  const people = ['p0', 'p1', 'p2', 'p3'].map((id) => ({ id }));
  const clear = { outcome: 'succeeded', data: { clear: true } } as const;

  it('names in the event who is missing', () => {
    const { told, toldData } = run(
      screening(),
      { orderId: 'o1', people },
      { 'identity.verify': [clear, no, clear, clear] },
    );

    expect(told).toEqual(['risk.screened']);
    expect(toldData).toEqual([{ results: Array(3).fill(clear.data), completeness: 0.75, missing: ['p1'] }]);
  });

  it('says that nobody is missing', () => {
    const { toldData } = run(screening(), { orderId: 'o1', people });

    expect(toldData).toMatchObject([{ completeness: 1, missing: [] }]);
  });
});
