import { describe, expect, it } from '@jest/globals';
import { givenSaga } from '../test-engine/saga-scenario.js';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';

const text = (tells: string) => `saga: cancel-order
version: 1
key: input.orderId
pivot: start
steps:
  - parallel: holders
    branches:
      assignments: [{ lock: order, resource: 'order/\${ input.orderId }', lease: 1h${tells} }]
      warehouse: [{ step: cancelInWarehouse, call: wms.cancel, status: still active in the warehouse }]
      legacy: [{ step: cancelInLegacy, call: legacy.cancel, status: still active in the legacy system }]
`;

function given(tells = ', tellsStatus: true') {
  const { programs, problems } = compileDefinitions([{ file: 'saga.yaml', text: text(tells) }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return givenSaga(programs[0]!, { orderId: 'o-1' });
}

const granted = { what: 'granted' } as const;
const said = (...says: readonly string[]) => ({
  kind: 'await',
  id: 'order/1/wait',
  channel: 'lock',
  block: 'order',
  request: { resource: 'order/o-1', leaseMs: 3_600_000, conflict: 'wait', keeps: true, says },
});

describe('a lock that tells where its holder stands', () => {
  it('is told when it is held, and again whenever that changes', () => {
    const held = given().whenHeard('order', { token: 7 }, granted);
    expect(held.effects).toContainEqual(
      said('still active in the legacy system', 'still active in the warehouse'),
    );

    const confirmed = held.whenSucceeds('cancelInWarehouse');
    expect(confirmed.effects).toContainEqual(said('still active in the legacy system'));
  });

  it('is told nothing before it is held, and nothing twice', () => {
    const asked = given();
    expect(asked.waits).toEqual(['await order/1/wait']);
    expect(asked.effects).not.toContainEqual(
      expect.objectContaining({ request: expect.objectContaining({ says: expect.anything() }) }),
    );

    const held = asked.whenHeard('order', { token: 7 }, granted);
    expect(held.whenSilent().waits).toEqual([]);
  });

  it('is told nothing at the end of the saga, which gives it back', () => {
    const ended = given()
      .whenHeard('order', { token: 7 }, granted)
      .whenSucceeds('cancelInWarehouse')
      .whenSucceeds('cancelInLegacy');

    expect(ended.status).toBe('completed');
    expect(ended.waits).toEqual([]);
  });

  it('is told nothing where the definition does not say so', () => {
    const held = given('').whenHeard('order', { token: 7 }, granted);

    expect(held.whenSucceeds('cancelInWarehouse').waits).toEqual([]);
    expect(held.waits).toEqual([]);
  });
});
