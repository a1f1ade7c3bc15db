import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { givenSaga, type Scenario } from '../test-engine/saga-scenario.js';

const contracts = `participant: wms
commands: { pick: {}, count: { effect: none } }
events: { wms.counted: { key: data.sku }, wms.asked: { key: data.sku } }
facts:
  wms.stock: { from: wms.counted, key: data.sku }
  wms.shelf: { from: wms.counted, key: data.sku }
---
decision: enough
version: 1
hit: first
inputs: { count: { type: integer } }
rules: [{ rule: enough, if: count > 1, output: 'yes' }]
default: 'no'
`;

function begun(steps: string): Scenario {
  const saga = `saga: slow
version: 1
key: input.sku
requires:
  stock: { fact: wms.stock, key: input.sku, fresh: 15m }
  shelf: { fact: wms.shelf, key: input.sku }
catch: { stale: { do: [{ end: too-old }] } }
steps:
${steps}`;
  const { programs, problems } = compileDefinitions([
    { file: 'contracts.yaml', text: contracts },
    { file: 'saga.yaml', text: saga },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return givenSaga(programs[0]!, { sku: 'A' });
}

const known = { value: { count: 2 }, asOf: 940_000, lagMs: 30_000 };
const event = { id: 'e1', source: '/wms', type: 'wms.counted', time: '1970-01-01T00:15:40.000Z' };
const aWhile = '  - { wait: aWhile, for: 5m }\n';

/** Both facts have come at once, the one from an event. */
function informed(steps: string): Scenario {
  return begun(steps)
    .whenHeard('saga.stock', known, { what: 'fact', event })
    .whenHeard('saga.shelf', { ...known, readBy: 'saga-7' }, { what: 'fact' });
}

function readIn({ effects }: Scenario): readonly unknown[] {
  return effects.flatMap((effect) =>
    effect.kind === 'noted' && effect.note.what === 'fact-read' ? [[effect.block, effect.note]] : [],
  );
}

const stockRead = { what: 'fact-read', fact: 'saga.stock', asOf: 940_000, lagMs: 30_000, source: '/wms' };

describe('a fact that is read long after it has come', () => {
  it.each([
    [
      'by a choice',
      'path',
      `  - choice: path
    cases:
      - { case: none, if: facts.stock.value.count < 1, do: [] }
      - { case: some, if: facts.stock.value.count > 1, do: [{ end: some }] }
    else: []
`,
    ],
    ['by the condition of a block', 'told', '  - { set: told, if: facts.stock.value.count > 1, value: 1 }\n'],
    [
      'by a decision',
      'asked',
      "  - { decide: asked, table: enough, with: { count: '${ facts.stock.value.count }' } }\n",
    ],
    [
      'by the end of a loop',
      'again',
      '  - { repeat: again, until: facts.stock.value.count > 1, max: 3, do: [{ set: once, value: 1 }] }\n',
    ],
  ])('is told of, %s', (_what, block, steps) => {
    expect(readIn(informed(aWhile + steps).whenSilent())).toEqual([[block, stockRead]]);
  });

  it('is told of with every other one that is read, and with the saga that has found it out', () => {
    const steps = `${aWhile}  - { set: told, if: facts.stock.value.count > 1 && facts.shelf.value.count > 1, value: 1 }\n`;
    const { source: _, ...shelfRead } = { ...stockRead, fact: 'saga.shelf', readBy: 'saga-7' };

    expect(readIn(informed(steps).whenSilent())).toEqual([
      ['told', stockRead],
      ['told', shelfRead],
    ]);
  });

  it('is told of when it is too old by then', () => {
    const steps =
      '  - { wait: aWhile, for: 1h }\n  - { set: told, if: facts.stock.value.count > 1, value: 1 }\n';
    const late = informed(steps).whenSilent();

    expect(readIn(late)).toEqual([['told', stockRead]]);
    expect(late.state.facts.result).toBe('too-old');
  });

  it('is told of when an event is chosen by it', () => {
    const steps = `  - wait: asked
    event: wms.asked
    key: input.sku
    match: data.count <= facts.stock.value.count
`;
    const waiting = informed(steps);
    const later = { now: waiting.state.at + 60_000, event: { ...event, type: 'wms.asked' } };

    expect(readIn(waiting.whenHeard('asked', { count: 9 }, later))).toEqual([]);
    expect(readIn(waiting.whenHeard('asked', { count: 1 }, later))).toEqual([['asked', stockRead]]);
  });
});

describe('a fact that is read when it comes', () => {
  it('is told of by its coming', () => {
    const steps = '  - { set: told, if: facts.stock.value.count > 1, value: 1 }\n';

    expect(readIn(informed(steps))).toEqual([]);
  });

  it('is not told of where nothing is decided by it', () => {
    const steps = `${aWhile}  - { set: told, value: '\${ facts.stock.value.count }' }\n`;

    expect(readIn(informed(steps).whenSilent())).toEqual([]);
  });
});
