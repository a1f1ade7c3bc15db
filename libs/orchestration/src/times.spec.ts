import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Scene, sceneDefinitions } from './coordinator.fixture.js';
import type { LoadedDefinitions } from './loaded-definitions.js';
import { ReportTime } from './use-cases/report-time.js';

const orderYaml = `
saga: order
version: 1
key: input.orderId
timeout: 1d
triggers: [{ event: shop.order.placed }]
steps:
  - group: preparing
    worth: value-adding
    do:
      - step: reserve
        call: inventory.reserve
        compensate: inventory.release
      - wait: cooling
        for: 10s
        worth: waste
  - wait: pause
    for: 1m
  - step: ship
    call: shipping.ship
    pivot: true
`;

let scene: Scene;
let definitions: LoadedDefinitions;

beforeEach(async () => {
  scene = new Scene();
  definitions = sceneDefinitions(scene.clock, 0, orderYaml);
  await definitions.start();
  await scene.startCoordinator({ definitions });
});

afterEach(() => scene.end());

/** Runs one order to its end; inventory takes two seconds, shipping three. */
async function fulfil(orderId: string, usage?: string): Promise<void> {
  scene.place(orderId);
  await scene.run(2_000);
  for (const command of scene.commands('inventory'))
    scene.answer(command, usage === undefined ? {} : { usage });
  await scene.run(80_000);
  await scene.run(3_000);
  for (const command of scene.commands('shipping')) scene.answer(command);
  await scene.run(1_000);
}

describe('a report of time', () => {
  it('tells from the history what time went to', async () => {
    await fulfil('o1');

    const report = new ReportTime(scene.operators, definitions, scene.clock);
    const [order, ...others] = await report.report({ definition: 'order' });

    expect(others).toEqual([]);
    expect(order).toMatchObject({ definition: 'order', sagas: 1, more: false });
    const { spent, blocks } = order!;
    expect(spent.waste).toBeGreaterThanOrEqual(10_000);
    expect(spent.waiting).toBeGreaterThanOrEqual(60_000);
    expect(spent['value-adding']).toBeGreaterThan(0);
    expect(spent.unmarked).toBeGreaterThan(3_000);
    expect(spent.handoff).toBe(0);
    const [saga] = await scene.operators.list({});
    const whole = saga!.finishedAt! - saga!.startedAt;
    expect(Object.values(spent).reduce((sum, ms) => sum + ms)).toBe(whole);
    expect(blocks.map(({ block, as, times }) => [block, as, times])).toEqual(
      expect.arrayContaining([
        ['pause', 'waiting', 1],
        ['reserve', 'value-adding', 1],
        ['cooling', 'waste', 1],
        ['ship', 'unmarked', 1],
      ]),
    );
  });

  it('tells what a run of it takes on average', async () => {
    for (const [orderId, usage] of Object.entries({ o1: 'tokens=100, cost-eur=0.1', o2: 'tokens=201' }))
      await fulfil(orderId, usage);

    const report = new ReportTime(scene.operators, definitions, scene.clock);
    const [order] = await report.report({ definition: 'order' });

    expect(order!.mean).toEqual({
      commands: 2,
      attempts: 2,
      humanSeconds: 0,
      used: { tokens: 150.5, 'cost-eur': 0.05 },
    });
  });

  it('says nothing of sagas that have not ended', async () => {
    scene.place('o1');
    await scene.run(2_000);

    expect(await new ReportTime(scene.operators, definitions, scene.clock).report({})).toEqual([]);
  });

  it('is refused for a definition that is not there', async () => {
    const report = new ReportTime(scene.operators, definitions, scene.clock);

    await expect(report.report({ definition: 'odrer' })).rejects.toThrow('there is no definition "odrer"');
    await expect(report.report({ days: 0 })).rejects.toThrow('days has to be a whole number');
  });
});
