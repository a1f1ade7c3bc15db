import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Scene, sceneDefinitions, sceneSaga } from './coordinator.fixture.js';
import type { LoadedDefinitions } from './loaded-definitions.js';
import { JudgeSaga } from './use-cases/judge-saga.js';
import { ReportQuality } from './use-cases/report-quality.js';

const definitions = `${sceneSaga}---
saga: charge-back
version: 1
key: input.chargebackId
triggers:
  - event: shop.payment.charged-back
    link: { saga: order, key: data.orderId }
steps: [{ end: noted }]
outcomes:
  completed: { judge: "\${ input.isFraud ? 'bad' : 'good' }" }
`;

let scene: Scene;
let loaded: LoadedDefinitions;

beforeEach(async () => {
  scene = new Scene();
  loaded = sceneDefinitions(scene.clock, 0, definitions);
  await loaded.start();
  await scene.startCoordinator({ definitions: loaded });
});

afterEach(() => scene.end());

/** Runs orders to their end, and answers their ids. */
async function fulfil(...orderIds: readonly string[]): Promise<readonly string[]> {
  const known = new Set(scene.tables.instances.keys());
  for (const orderId of orderIds) scene.place(orderId);
  await scene.run(1_000);
  for (const participant of ['inventory', 'shipping']) {
    for (const command of scene.commands(participant)) scene.answer(command);
    await scene.run(1_000);
  }
  return [...scene.tables.instances.keys()].filter((id) => !known.has(id));
}

function judge(verdict: 'good' | 'bad' | 'unknown', saga: string): Promise<void> {
  return new JudgeSaga(scene.operators, scene.clock).judge({ saga, verdict, by: 'ann', reason: 'a call' });
}

describe('an event about a saga that has ended', () => {
  it('is found on it, with what it turned out to be', async () => {
    const [order] = await fulfil('o1');

    scene.tell('shop.payment.charged-back', 'o1', { chargebackId: 'b1', orderId: 'o1', isFraud: true }, 'e1');
    await scene.run(2_000);

    expect(await scene.operators.audits(order!)).toEqual([
      expect.objectContaining({ action: 'judge', detail: 'bad', reason: 'charge-back b1', result: 'done' }),
    ]);
  });

  it('counts once, however often it comes', async () => {
    const [order] = await fulfil('o1');
    const data = { chargebackId: 'b1', orderId: 'o1', isFraud: true };

    for (let count = 0; count < 3; count += 1) scene.tell('shop.payment.charged-back', 'o1', data, 'e1');
    await scene.run(2_000);

    expect(await scene.operators.audits(order!)).toHaveLength(1);
  });
});

describe('a verdict of a person', () => {
  it('takes the place of an earlier one', async () => {
    const [order] = await fulfil('o1');

    await judge('bad', order!);
    await scene.run(1_000);
    await judge('good', order!);

    const [quality] = await new ReportQuality(scene.operators, loaded, scene.clock).report({
      definition: 'order',
    });
    expect(quality).toMatchObject({ good: 1, bad: 0, unknown: 0 });
  });

  it('is about a saga that has ended', async () => {
    scene.place('o1');
    await scene.run(1_000);
    const [order] = scene.tables.instances.keys();

    await expect(judge('bad', order!)).rejects.toThrow(
      `saga ${order} is running: judge it when it has ended`,
    );
  });
});

describe('the quality of decisions', () => {
  it('tells what was made and carried out from what it turned out to be', async () => {
    await fulfil('o1', 'o2', 'o3');
    scene.place('o4');
    await scene.run(1_000);
    for (const [orderId, isFraud] of [
      ['o1', true],
      ['o2', false],
    ] as const)
      scene.tell('shop.payment.charged-back', orderId, { chargebackId: orderId, orderId, isFraud }, orderId);
    await scene.run(2_000);

    const report = await new ReportQuality(scene.operators, loaded, scene.clock).report({});

    expect(report.map(({ definition }) => definition)).toEqual(['charge-back', 'order']);
    expect(report[1]).toEqual({
      definition: 'order',
      made: 4,
      running: 1,
      executed: 3,
      undone: 0,
      cancelled: 0,
      good: 1,
      bad: 1,
      unknown: 1,
    });
  });

  it('refuses a time that makes no sense', async () => {
    await expect(new ReportQuality(scene.operators, loaded, scene.clock).report({ days: 0 })).rejects.toThrow(
      'days has to be a whole number from 1 to 366',
    );
  });
});
