import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { Program } from '../src/program.js';
import { givenSaga } from '../test-engine/saga-scenario.js';
import { SAGA, sagaOf } from './wrong-document.js';

const contracts = `participant: carrier
events:
  carrier.parcel-scanned:
    key: data.trackingNumber
    schema: { type: object, properties: { trackingNumber: { type: string }, dock: { type: string } } }
  carrier.parcel-lost: { key: data.trackingNumber }
`;

function compiled(text: string): Program {
  const { programs, problems } = compileDefinitions([
    { file: 'contracts.yaml', text: contracts },
    { file: 'saga.yaml', text },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

const order = { orderId: 'O1', parcel: 'P1' };
const attributes = { id: 'e1', source: '/carrier', time: '2026-01-01T00:00:00Z' };
const scanned = { ...attributes, type: 'carrier.parcel-scanned' };
const lost = { ...attributes, type: 'carrier.parcel-lost' };

describe('a wait for an event', () => {
  const scan = compiled(
    sagaOf(`  - wait: scan
    event: carrier.parcel-scanned
    key: input.parcel
    match: data.dock == 'D7'
    early: 10m
    timeout: 21d
    catch: { timed-out: { do: [{ end: never-came }] } }
  - emit: told
    event: shop.parcel.arrived
    with: { dock: '\${ steps.scan.output.dock }' }`),
  );

  it('says what it waits for and what the event is about', () => {
    expect(givenSaga(scan, order).effects).toMatchObject([
      {
        kind: 'await',
        request: { subscriptions: [{ event: 'carrier.parcel-scanned', key: 'P1' }], earlyMs: 600_000 },
      },
    ]);
    expect(scan.awaits).toMatchObject([{ event: 'carrier.parcel-scanned' }]);
    const values = { input: null, steps: {}, toggles: {}, now: 0, data: { trackingNumber: 'P9' } };
    expect(scan.awaits![0]!.key!({ ...values, saga: givenSaga(scan).state.facts })).toBe('P9');
  });

  it('goes on with the data of the first that matches', () => {
    const ignored = givenSaga(scan, order).whenHeard('scan', { dock: 'D1' }, { event: scanned });

    expect(ignored.status).toBe('running');
    expect(ignored.whenHeard('scan', { dock: 'D7' }, { event: scanned }).effects).toMatchObject([
      { kind: 'waited', channel: 'event', outcome: 'came' },
      { kind: 'release' },
      { kind: 'tell', data: { dock: 'D7' } },
      { kind: 'finish' },
    ]);
  });

  it('ends by its timeout', () => {
    expect(givenSaga(scan, order).whenLater(21 * 86_400_000).state.facts.result).toBe('never-came');
  });

  it('takes the key of the saga when it says none', () => {
    const paid = compiled(sagaOf(`  - wait: paid\n    event: shop.invoice.paid`));

    expect(givenSaga(paid).effects).toMatchObject([{ request: { subscriptions: [{ key: 'K1' }] } }]);
  });
});

describe('a wait for the first of several events', () => {
  const first = compiled(
    sagaOf(`  - wait: fate
    first:
      - { case: arrived, event: carrier.parcel-scanned, key: input.parcel, do: [{ end: arrived }] }
      - { case: lost, event: carrier.parcel-lost, key: input.parcel, do: [{ end: lost }] }
    default: { after: 2d, events: 3, do: [{ end: given-up }] }`),
  );

  it.each([
    ['arrived', scanned],
    ['lost', lost],
  ])('goes on as the case %s says', (result, event) => {
    expect(givenSaga(first, order).whenHeard('fate', {}, { event }).state.facts.result).toBe(result);
  });

  it('takes the safe path after a time', () => {
    const late = givenSaga(first, order).whenLater(2 * 86_400_000);

    expect(late.state.facts.result).toBe('given-up');
    expect(late.outcomeOf('fate')).toBe('defaulted');
  });

  it('takes the safe path after enough other events', () => {
    const other = { event: { ...attributes, type: 'carrier.parcel-weighed' } };
    const two = givenSaga(first, order).whenHeard('fate', {}, other).whenHeard('fate', {}, other);

    expect(two.status).toBe('running');
    expect(two.whenHeard('fate', {}, other).state.facts.result).toBe('given-up');
  });
});

describe('a saga that waits for no event', () => {
  it('has none to offer', () => {
    expect(compiled(`${SAGA}steps: [{ set: one, value: 1 }]`).awaits).toBeUndefined();
  });
});

describe('a wait until an instant', () => {
  it('is invalid when no calendar reaches that far', () => {
    const late = compiled(sagaOf('  - wait: payday\n    until: now + duration(input.notice)'));

    expect(givenSaga(late, { ...order, notice: '999999999d' }).effects).toContainEqual(
      expect.objectContaining({ kind: 'finish', failure: expect.objectContaining({ error: 'invalid' }) }),
    );
  });
});
