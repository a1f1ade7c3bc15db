import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand } from '../harness/skald-command.js';

/** Gives an order to another truck, unless somebody still has it. */
function assigning(definition: string, conflict: string): string {
  return `saga: ${definition}
version: 1
key: input.assignmentId
triggers: [{ event: dispatch.truck-free, gates: { meant: "data.by == '${definition}'" } }]
steps:
  - lock: order
    resource: order/\${ input.orderId }
    conflict: ${conflict}
    catch: { locked: { do: [{ end: not-free }] } }
  - step: assign
    call: dispatch.assign
    pivot: true`;
}

const documents = `saga: deliver-order
version: 1
key: input.orderId
timeout: 1h
defaults: { step: { timeout: 2s, retry: { attempts: 5, delay: 200ms } } }
triggers: [{ event: shop.order.ready }]
listen:
  - event: shop.order.cancelled
    raise: cancelled-by-customer
    tooLate: [{ emit: cancelTooLate, event: shop.order.cancel-refused, with: { orderId: '\${ input.orderId }' } }]
steps:
  - lock: deliverySlot
    resource: delivery-slot/\${ input.address }/\${ input.slot }
    lease: 4h
    conflict: takeOver
    catch: { locked: { do: [{ end: slot-taken }] } }
  - step: instructDriver
    call: dispatch.instruct-driver
    compensate: dispatch.withdraw-instruction
  - wait: truckLeaves
    event: dispatch.truck-left
  - step: handOver
    call: dispatch.hand-over
    confirm: { event: dispatch.delivered, within: 1m }
    pivot: true
catch:
  cancelled-by-customer: compensate
---
saga: cancel-order
version: 1
key: input.orderId
pivot: start
defaults: { step: { timeout: 2s, retry: { attempts: 5, delay: 200ms } } }
triggers: [{ event: shop.order.cancelled }]
steps:
  - parallel: holders
    tolerate: 100%
    branches:
      assignments: [{ lock: order, resource: 'order/\${ input.orderId }', conflict: takeOver, tellsStatus: true, catch: { locked: continue } }]
      warehouse: [{ step: cancelInWarehouse, call: wms.cancel-order, status: still active in the warehouse, catch: { already-picked: continue } }]
      transport: [{ step: cancelInTransport, call: tms.cancel-order, status: still active in transport planning }]
      legacy:
        - step: cancelInLegacy
          call: legacy-oms.cancel-order
          status: still active in the legacy system
          timeout: { after: 1m }
          retry: { attempts: forever, delay: 200ms, maxDelay: 200ms }
          ifUnknown: wait
---
${assigning('assign-truck', 'refuse')}
---
${assigning('queue-truck', 'wait')}
---
saga: swap-docks
version: 1
key: input.swapId
triggers: [{ event: yard.swap.wanted }]
steps:
  - lock: from
    resource: dock/\${ input.from }
  - step: clear
    call: yard.clear
    compensate: yard.restore
  - wait: cleared
    event: yard.dock-cleared
  - lock: to
    resource: dock/\${ input.to }
  - step: move
    call: yard.move
    pivot: true
---
participant: dispatch
commands:
  instruct-driver: { undoneBy: dispatch.withdraw-instruction }
  withdraw-instruction: {}
  hand-over: {}
  assign: {}
events:
  dispatch.truck-free: { key: data.orderId }
  dispatch.truck-left: { key: data.orderId }
  dispatch.delivered: { key: data.orderId }
---
participant: wms
commands: { cancel-order: { rejects: [already-picked] } }
---
participant: yard
commands: { clear: { undoneBy: yard.restore }, restore: {}, move: {} }
events: { yard.dock-cleared: { key: data.swapId } }
`;

interface HeldLock {
  readonly holder?: { readonly says?: readonly string[] };
}

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'two-trucks', documents, coordinators: 2 });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

async function ready(orderId: string, slot: string): Promise<void> {
  await bench.publish('shop.order.ready', { orderId, slot, address: 'Elm Street 1' });
}

async function instructed(orderId: string): Promise<void> {
  await bench.until('waits for the truck', orderId, ({ steps }) => steps['instructDriver'] !== undefined);
}

/** Behind its pivot: the truck is at the door. */
async function atTheDoor(orderId: string, slot: string): Promise<void> {
  await ready(orderId, slot);
  await instructed(orderId);
  await bench.publish('dispatch.truck-left', { orderId });
  await bench.participants.arrived('dispatch.hand-over', orderId);
}

/** Commands that had an effect for any of these orders, in order. */
function deedsOf(...keys: readonly string[]): readonly string[] {
  return bench.participants.deeds
    .filter(({ key }) => keys.includes(key))
    .map(({ key, command }) => `${key} ${command}`);
}

describe('a second truck for an address', () => {
  it('takes the slot over once the first one was withdrawn', async () => {
    await ready('o-1', 'morning');
    await instructed('o-1');
    await ready('o-2', 'morning');
    await instructed('o-2');

    expect((await bench.ended('o-1')).failure).toMatchObject({ error: 'lock-lost' });
    expect(deedsOf('o-1', 'o-2')).toEqual([
      'o-1 dispatch.instruct-driver',
      'o-1 dispatch.withdraw-instruction',
      'o-2 dispatch.instruct-driver',
    ]);
    const tokens = bench.participants.deliveries
      .filter(({ command }) => command.type === 'dispatch.instruct-driver')
      .map(({ command }) => command.locks?.['delivery-slot/Elm Street 1/morning'] ?? 0);
    expect(tokens[0]).toBeGreaterThan(0);
    expect(tokens[1]).toBeGreaterThan(tokens[0]!);
    const [first, withdrawn, second] = bench.participants.deliveries
      .map(({ command }) => command)
      .filter(({ type }) => type.startsWith('dispatch.'));
    expect(withdrawn!.compensates).toBe(first!.operation);
    expect([first!.supersedes, second!.supersedes]).toEqual([undefined, [first!.operation]]);
    await bench.publish('dispatch.truck-left', { orderId: 'o-2' });
    await bench.participants.arrived('dispatch.hand-over', 'o-2');
    await bench.publish('dispatch.delivered', { orderId: 'o-2' });
    expect(await bench.ended('o-2')).toMatchObject({ status: 'completed' });
  });

  it('is refused while another one is at the door', async () => {
    await atTheDoor('o-3', 'noon');
    await ready('o-4', 'noon');

    expect((await bench.ended('o-4')).timeline.map(({ text }) => text).join('\n')).toContain('slot-taken');
    expect(deedsOf('o-4')).toEqual([]);
    const held = await skaldCommand(bench.api.url, { by: 'ada' }, 'locks', 'delivery-slot/Elm Street 1/noon');
    expect(held.out).toMatch(/deliver-order \S+ +o-3 .*holds it, and keeps it/);
    await bench.publish('dispatch.delivered', { orderId: 'o-3' });
    expect(await bench.ended('o-3')).toMatchObject({ status: 'completed' });
  });

  it('waits for nobody when a coordinator dies in between', async () => {
    await ready('o-5', 'evening');
    await instructed('o-5');
    await ready('o-6', 'evening');
    await bench.kill(0);
    await bench.restart(0);
    await instructed('o-6');

    expect(await bench.ended('o-5')).toMatchObject({ status: 'compensated' });
    expect(deedsOf('o-5', 'o-6')).toEqual([
      'o-5 dispatch.instruct-driver',
      'o-5 dispatch.withdraw-instruction',
      'o-6 dispatch.instruct-driver',
    ]);
  });
});

describe('a customer who cancels', () => {
  it('is told who still has the order until everybody has let go', async () => {
    bench.participants.behave('legacy-oms.cancel-order', { succeeded: {}, lateMs: 6_000 }, { key: 'o-7' });
    await ready('o-7', 'night');
    await instructed('o-7');
    await bench.publish('shop.order.cancelled', { orderId: 'o-7' });

    const isAlone = ({ waitsFor }: { waitsFor: readonly { readonly block?: string }[] }): boolean =>
      waitsFor.length === 1 && waitsFor[0]!.block === 'cancelInLegacy';
    const still = await bench.until('waits for the last one', 'o-7', isAlone, { definition: 'cancel-order' });
    expect(Object.keys(still.steps).sort()).toEqual(['cancelInTransport', 'cancelInWarehouse', 'order']);
    expect(still.waitsFor[0]!.text).toContain('legacy-oms');
    expect(await bench.ended('o-7', { definition: 'cancel-order' })).toMatchObject({ status: 'completed' });
    expect(await bench.ended('o-7', { definition: 'deliver-order' })).toMatchObject({
      status: 'compensated',
    });
    expect(bench.participants.standing('o-7').filter((command) => command.startsWith('dispatch'))).toEqual(
      [],
    );
  });

  it('is told that the truck is at the door', async () => {
    await atTheDoor('o-8', 'late');
    await bench.publish('shop.order.cancelled', { orderId: 'o-8' });
    await bench.until(
      'says that it is too late',
      'o-8',
      ({ timeline }) => timeline.some(({ text }) => text.includes('published shop.order.cancel-refused')),
      { definition: 'deliver-order' },
    );
    await bench.publish('dispatch.delivered', { orderId: 'o-8' });

    expect(await bench.ended('o-8', { definition: 'deliver-order' })).toMatchObject({ status: 'completed' });
  });
});

describe('an order that is being cancelled', () => {
  const stillActive = 'cancel-order o-9 holds it: still active in the legacy system';
  const free = (assignmentId: string, by: string) =>
    bench.publish('dispatch.truck-free', { assignmentId, orderId: 'o-9', by });
  const whoHasIt = async () => {
    const { body } = await bench.api.get<{ readonly locks: readonly HeldLock[] }>(
      '/locks?resource=order/o-9',
    );
    return body.locks.map(({ holder }) => holder?.says ?? []);
  };

  it('is given to nobody before everybody has let go of it', async () => {
    let isExported = false;
    const exported = () =>
      isExported ? { succeeded: {} } : { failed: 'the export is not over', retryAfterMs: 200 };
    bench.participants.behave('legacy-oms.cancel-order', exported, { key: 'o-9' });
    await bench.publish('shop.order.cancelled', { orderId: 'o-9' });
    await eventually('the last one to be named', async () => {
      const [says] = await whoHasIt();
      return says?.join() === 'still active in the legacy system';
    });

    await free('a-1', 'assign-truck');
    const refused = (await bench.ended('a-1')).timeline.map(({ text }) => text).join('\n');
    expect(refused).toContain(`heard refused: ${stillActive}`);
    expect(refused).toContain('not-free');
    expect(deedsOf('a-1')).toEqual([]);

    await free('a-2', 'queue-truck');
    const named = 'cancel-order o-9, which holds it: still active in the legacy system';
    await bench.until('says whom it waits for', 'a-2', ({ waitsFor }) =>
      waitsFor.some(({ help = [] }) => help.includes(named)),
    );
    expect(deedsOf('a-2')).toEqual([]);

    isExported = true;
    expect(await bench.ended('a-2')).toMatchObject({ status: 'completed' });
    await eventually('the order to be free', async () => (await whoHasIt()).length === 0);
    await free('a-3', 'assign-truck');
    expect(await bench.ended('a-3')).toMatchObject({ status: 'completed' });
    expect(deedsOf('a-2', 'a-3')).toEqual(['a-2 dispatch.assign', 'a-3 dispatch.assign']);
  });
});

describe('sagas that wait for each other', () => {
  const clearing = (swapId: string) =>
    bench.until('waits until the dock is clear', swapId, ({ waitsFor }) =>
      waitsFor.some(({ block }) => block === 'cleared'),
    );

  it('are named, and the youngest gives way', async () => {
    await bench.publish('yard.swap.wanted', { swapId: 'w-1', from: 'a', to: 'b' });
    await clearing('w-1');
    await bench.publish('yard.swap.wanted', { swapId: 'w-2', from: 'b', to: 'a' });
    await clearing('w-2');
    for (const swapId of ['w-1', 'w-2']) await bench.publish('yard.dock-cleared', { swapId });

    expect(await bench.ended('w-1')).toMatchObject({ status: 'completed' });
    const young = await bench.ended('w-2');
    expect(young).toMatchObject({ status: 'compensated', failure: { error: 'locked', step: 'to' } });
    const [named] = await eventually('the circle to be named and over', async () => {
      const rows = await bench.query<{ message: string }>(
        `select message from saga_incident where code = 'DEADLOCK' and closed_at is not null`,
      );
      return rows.length > 0 && rows;
    });
    expect(named!.message).toMatch(
      /^(swap-docks w-[12] waits for ){2}swap-docks w-[12]; swap-docks w-2 gives way at dock\/a$/,
    );
    expect(deedsOf('w-2')).toEqual(['w-2 yard.clear', 'w-2 yard.restore']);
  });
});
