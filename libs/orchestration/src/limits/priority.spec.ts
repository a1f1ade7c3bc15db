import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command } from '#libs/messaging';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';

const order = `
saga: order
version: 1
key: input.orderId
priority: "input.?tier.orValue('') == 'gold' ? 10 : 0"
timeout: 10d
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserve
    call: inventory.reserve
    with: { orderId: '\${ input.orderId }' }
    timeout: 1h
    pivot: true
`;

const inventory = `
participant: inventory
commands: { reserve: {} }
limits: { concurrency: 1 }
`;

const minute = 60_000;

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  const definitions = fixedDefinitions(scene.clock, compiledPrograms(order, inventory));
  await definitions.start();
  await scene.startCoordinator({ definitions });
  await scene.run(2_000);
});

afterEach(() => scene.end());

describe('orders that wait for a slow participant', () => {
  it('go by their priority, and among equals by who came first', async () => {
    await place('standard', 4);
    await place('gold', 2);
    await answerAll(6);

    expect(asked()).toEqual(['standard-0', 'gold-0', 'gold-1', 'standard-1', 'standard-2', 'standard-3']);
  });

  it('have their turn when they have waited longer than a priority counts for', async () => {
    await place('standard', 3);
    await scene.run(11 * minute);
    await place('gold', 3);
    await answerAll(6);

    expect(asked().slice(0, 3)).toEqual(['standard-0', 'standard-1', 'standard-2']);
  });

  it('have their turn although others of a higher priority keep coming', async () => {
    await place('standard', 2);
    for (let round = 0; round < 30; round += 1) {
      await place(`gold-${round}`, 1);
      await answerAll(1);
      await scene.run(minute);
    }

    const turn = asked().indexOf('standard-1');
    expect(turn).toBeGreaterThan(5);
    expect(turn).toBeLessThan(15);
  });
});

async function place(tier: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const orderId = `${tier}-${n}`;
    scene.place(orderId, { orderId, tier: tier.split('-')[0]! });
    await scene.run(100);
  }
  await scene.run(1_000);
}

/** Answers one command after the other. */
async function answerAll(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    scene.answer(commands().at(-1)!);
    await scene.run(1_000);
  }
}

function commands(): readonly Command[] {
  return scene.commands('inventory');
}

/** Keys of the orders in the order in which their commands were sent. */
function asked(): readonly string[] {
  return commands().map(({ data }) => (data as { readonly orderId: string }).orderId);
}
