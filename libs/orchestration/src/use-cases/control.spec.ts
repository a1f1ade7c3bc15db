import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SagaId } from '#libs/messaging';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { Control } from './control.js';
import { GetSaga } from './get-saga.js';

const order = `
saga: order
version: 1
owner: sales
key: input.orderId
triggers: [{ event: shop.order.placed }]
toggles: { agent: { default: true } }
steps:
  - parallel: all
    branches:
      reserved:
        - step: reserve
          call: inventory.reserve
          compensate: inventory.release
          timeout: 10s
          retry: { attempts: 3, delay: 1m, factor: 1 }
          catch: { rejected: { then: incident } }
      weighed:
        - step: weigh
          call: shipping.weigh
          toggle: agent
          timeout: 1h
          catch:
            switched-off: { output: { kg: 1 } }
            failed: { output: { kg: 1 } }
            unknown: { output: { kg: 1 } }
            invalid: { output: { kg: 1 } }
        - task: approve
          to: { role: clerk }
          show: { proposal: '\${ steps.weigh.output }' }
          due: 30m
          answers: { ok: [], heavier: [] }
          escalate: [{ after: 1h, to: { role: clerk } }]
      cooled:
        - wait: cool
          for: 2h
      paid:
        - wait: paid
          event: shop.invoice.paid
      docked:
        - lock: dock
          resource: dock/7
          lease: 1h
          conflict: wait
        - step: load
          call: inventory.load
          compensate: inventory.unload
          timeout: 1h
`;

const contracts = `
participant: shipping
owner: ai-platform
kind: agent
clearance: [public, internal]
commands:
  weigh: { effect: none, output: { type: object }, allow: { of: data.kg, values: [1, 2] }, record: [data.kg] }
`;

let scene: Scene;
let definitions: LoadedDefinitions;

beforeEach(async () => {
  scene = new Scene();
  definitions = fixedDefinitions(scene.clock, compiledPrograms(order, contracts));
  await definitions.start();
  await scene.startCoordinator({ definitions });
  await scene.run(1_000);
});

afterEach(async () => {
  await scene.end();
  await definitions.stop();
});

const [minute, hour] = [60_000, 3_600_000];

describe('a saga that stands at several places', () => {
  it('is in the hands of each, since and until when is known', async () => {
    const began = scene.clock.now();
    const held = await controls(await place('O1'));

    expect(Object.values(held).map(({ since }) => since - began < 1_000)).toEqual(Array(5).fill(true));
    expect(lasting(held)).toEqual({
      reserve: ['participant', 'inventory', 10_000],
      weigh: ['agent', 'shipping', hour],
      cool: ['timer', undefined, 2 * hour],
      paid: ['event', 'the event shop.invoice.paid of O1', 30 * 24 * hour],
      load: ['participant', 'inventory', hour],
    });
  });

  it('names the saga that holds what it waits for', async () => {
    const first = await place('O1');
    const { dock } = await controls(await place('O2'));

    expect(dock).toMatchObject({ kind: 'lock', name: 'the lock on dock/7', saga: first });
  });
});

describe('a saga that asks a person', () => {
  it('is in the hands of their role until it is due', async () => {
    const saga = await place('O1');
    scene.answer(scene.commands('shipping')[0]!, { data: { kg: 2 } });
    await scene.run(1_000);

    const { approve } = await controls(saga);

    expect(approve).toMatchObject({ kind: 'person', name: 'clerk' });
    expect(approve!.until! - approve!.since).toBe(30 * minute);
  });

  it('is in the hands of its owner where it cannot go on', async () => {
    const saga = await place('O1');
    const command = scene.commands('inventory').find(({ type }) => type === 'inventory.reserve')!;
    scene.answer(command, { outcome: 'rejected', error: 'no-stock' });
    await scene.run(1_000);

    const { reserve } = await controls(saga);

    expect(reserve).toMatchObject({ kind: 'person', name: 'sales' });
    expect(reserve).not.toHaveProperty('until');
  });
});

describe('a saga whose command failed', () => {
  it('is in the hands of the clock until the next attempt', async () => {
    const saga = await place('O1');
    const command = scene.commands('inventory').find(({ type }) => type === 'inventory.reserve')!;
    scene.answer(command, { outcome: 'failed', error: 'away' });
    await scene.run(1_000);

    const { reserve } = await controls(saga);

    expect(reserve!.kind).toBe('timer');
    expect(reserve!.until! - reserve!.since).toBeGreaterThan(minute / 2);
    expect(reserve!.until! - reserve!.since).toBeLessThanOrEqual(minute * 1.5);
  });
});

describe('a saga that has ended', () => {
  it("is in nobody's hands", async () => {
    const saga = await place('O1');
    scene.act(saga, 'cancel');
    await scene.run(1_000);
    for (const command of scene.commands('inventory')) scene.answer(command);
    for (const command of scene.commands('shipping')) scene.answer(command, { data: { kg: 1 } });
    await scene.run(1_000);
    for (const command of scene.commands('inventory')) scene.answer(command);
    await scene.run(1_000);

    expect(scene.status(saga)).toBe('cancelled');
    expect(await controls(saga)).toEqual({});
  });
});

async function place(orderId: string): Promise<SagaId> {
  const known = new Set(scene.tables.instances.keys());
  scene.place(orderId, { orderId });
  await scene.run(1_000);
  return [...scene.tables.instances.keys()].find((id) => !known.has(id))!;
}

async function controls(saga: SagaId): Promise<Readonly<Record<string, Control>>> {
  const { control } = await new GetSaga(scene.operators, definitions, scene.clock).get(saga);
  return Object.fromEntries(control.map((each) => [each.block ?? '', each]));
}

function lasting(held: Readonly<Record<string, Control>>) {
  return Object.fromEntries(
    Object.entries(held).map(([block, { kind, name, since, until }]) => [
      block,
      [kind, name, until === undefined ? undefined : until - since],
    ]),
  );
}
