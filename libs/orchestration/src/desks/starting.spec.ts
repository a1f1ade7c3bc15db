import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventHeaders } from '#libs/messaging';
import { Scene, sceneDefinitions } from '../coordinator.fixture.js';

const minute = 60_000;
const day = 1_440 * minute;

function reroute(key: string, trigger = '', flips = ''): string {
  return `
saga: reroute
version: 1
key: { of: input.truckId, ${key} }
${flips}
triggers:
  - event: shop.eta.changed
    ${trigger}
steps:
  - step: choose
    call: inventory.choose
    compensate: { none: it is only a choice }
  - step: ship
    call: shipping.ship
    pivot: true
`;
}

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

async function begin(text: string): Promise<void> {
  const definitions = sceneDefinitions(scene.clock, 0, text);
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

let events = 0;

/** Publishes a change of a truck. */
function change(
  data: object = {},
  more: { readonly correlation?: string; readonly hops?: number } = {},
): void {
  events += 1;
  const headers = eventHeaders({
    id: `e${events}`,
    source: '/telematics',
    type: 'shop.eta.changed',
    at: scene.clock.now(),
    hops: 0,
    trace: {},
    ...more,
  });
  const value = JSON.stringify({ truckId: 't1', ...data });
  scene.broker.append({ topic: 'shop.events', part: 0, key: 't1', value, headers });
}

/** Answers what was not answered yet, so that sagas go on to their end. */
async function answerAll(output: object = {}): Promise<void> {
  for (const participant of ['inventory', 'shipping']) {
    for (const command of scene.commands(participant).slice(answered.get(participant) ?? 0))
      scene.answer(command, { data: output as never });
    answered.set(participant, scene.commands(participant).length);
    await scene.run(1_000);
  }
}

const answered = new Map<string, number>();
beforeEach(() => answered.clear());

function reasons(): Record<string, number> {
  return Object.fromEntries([...scene.tables.gated.values()].map(({ gate, count }) => [gate, count]));
}

function statuses(): readonly string[] {
  return [...scene.tables.instances.values()].map(({ status }) => status);
}

describe('fifty events of a key within a second', () => {
  it('are one saga with the last of them', async () => {
    await begin(reroute('reuse: afterEnd', 'coalesce: 1s'));

    for (let count = 1; count <= 50; count += 1) change({ count });
    await scene.run(5_000);

    expect(scene.commands('inventory').map(({ data }) => data)).toEqual([{ truckId: 't1', count: 50 }]);
    expect(reasons()).toEqual({ coalesced: 49 });
  });
});

describe('a level that falls below a number', () => {
  it('starts once for each fall', async () => {
    await begin(reroute('reuse: afterEnd', 'threshold: { of: data.level, below: 10 }'));

    for (const level of [12, 9, 8, 7]) change({ level });
    await scene.run(2_000);
    await answerAll();
    for (const level of [12, 9]) change({ level });
    await scene.run(2_000);

    expect(scene.commands('inventory')).toHaveLength(2);
    expect(reasons()).toEqual({ 'above-threshold': 2, 'below-threshold': 2 });
  });
});

describe('an event that an own command has caused', () => {
  it('is recorded and starts nothing', async () => {
    await begin(reroute('reuse: afterEnd'));
    change();
    await scene.run(2_000);
    await answerAll();

    change({}, { correlation: scene.onlySaga });
    await scene.run(2_000);

    expect(statuses()).toEqual(['completed']);
    expect(reasons()).toEqual({ echo: 1 });
  });

  it('starts a saga when it says something new', async () => {
    await begin(reroute('reuse: afterEnd', 'echo: { unless: data.delay > 10 }'));
    change({ delay: 5 });
    await scene.run(2_000);
    await answerAll();

    change({ delay: 9 }, { correlation: scene.onlySaga });
    change({ delay: 11 }, { correlation: scene.onlySaga });
    await scene.run(2_000);

    expect(statuses()).toEqual(['completed', 'running']);
    expect(reasons()).toEqual({ echo: 1 });
  });

  it('is turned away when too many sagas lie behind it', async () => {
    await begin(reroute('reuse: afterEnd', 'maxHops: 4'));

    change({}, { hops: 5 });
    await scene.run(2_000);

    expect([statuses(), reasons()]).toEqual([[], { 'too-many-hops': 1 }]);
  });
});

describe('a second start while a saga of the key runs', () => {
  it('waits for its end', async () => {
    await begin(reroute('reuse: afterEnd, conflict: queue'));
    change({ turn: 1 });
    change({ turn: 2 });
    await scene.run(2_000);

    expect(scene.commands('inventory').map(({ data }) => data)).toEqual([{ truckId: 't1', turn: 1 }]);

    await answerAll();
    await scene.run(2_000);

    expect(scene.commands('inventory').map(({ data }) => data)).toEqual([
      { truckId: 't1', turn: 1 },
      { truckId: 't1', turn: 2 },
    ]);
    expect(statuses()).toEqual(['completed', 'running']);
  });

  it('has it undone and comes after that', async () => {
    await begin(
      reroute('reuse: afterEnd, conflict: cancelOld').replace(
        '{ none: it is only a choice }',
        'inventory.undo',
      ),
    );
    change({ turn: 1 });
    await scene.run(2_000);
    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(2_000);

    change({ turn: 2 });
    change({ turn: 3 });
    await scene.run(2_000);
    scene.answer(scene.commands('shipping')[0]!, { outcome: 'rejected', error: 'too-late' });
    await scene.run(2_000);
    expect(statuses()).toEqual(['compensating']);
    // Nobody has overridden it: the newer start did.
    const [old] = scene.tables.instances.keys();
    expect(scene.history(old!).filter(({ input }) => input.kind === 'action')).toMatchObject([
      { input: { isOwn: true } },
    ]);
    scene.answer(scene.commands('inventory')[1]!);
    await scene.run(2_000);

    expect(statuses()).toEqual(['compensated', 'running']);
    expect(scene.commands('inventory').at(-1)!.data).toEqual({ truckId: 't1', turn: 3 });
    expect(reasons()).toEqual({ superseded: 1 });
  });
});

describe('a key that goes back and forth', () => {
  it('is frozen, with one incident', async () => {
    const flips = 'flips: { of: steps.choose.output.route, max: 3, within: 2h }';
    await begin(reroute('reuse: afterEnd, conflict: queue', '', flips));

    for (const route of 'ABABAB') {
      change();
      await scene.run(2_000);
      await answerAll({ route });
    }

    expect(statuses()).toEqual(['completed', 'completed', 'completed', 'completed']);
    expect(reasons()).toEqual({ frozen: 2 });
    expect([...scene.tables.incidents.values()].map(({ code, message }) => [code, message])).toEqual([
      [
        'KEY_FROZEN',
        'reroute/t1 went back and forth: "A", "B", "A", "B". Nothing is started for it until somebody thaws it',
      ],
    ]);
  });
});

describe('a schedule', () => {
  const text = `
saga: plan
version: 1
key: input.planId
triggers:
  - { schedule: 5 1 * * *, zone: Europe/Berlin, with: { planId: '\${ string(now) }' } }
steps: [{ step: ship, call: shipping.ship, pivot: true }]
`;

  it('starts a saga at its time, once for two coordinators', async () => {
    await begin(text);
    await begin(text);

    await scene.run(10 * minute);

    expect([...scene.tables.instances.values()].map(({ businessKey }) => businessKey)).toEqual([
      '2026-01-01T00:05:00.000Z',
    ]);
  });

  it('is made up for once after days without a coordinator', async () => {
    await begin(text);
    await scene.run(minute);
    await scene.end();
    await scene.run(3 * day);
    await begin(text);
    await scene.run(minute);

    expect([...scene.tables.instances.values()].map(({ businessKey }) => businessKey)).toEqual([
      '2026-01-03T00:05:00.000Z',
    ]);
  });
});

describe('a saga that ends', () => {
  const texts = `${reroute('reuse: never')}
---
saga: bill
version: 1
key: data.x
triggers: [{ saga: reroute, outcome: completed, gates: { of-a-truck: data.saga.key != 'bike' }, with: { billId: '\${ data.saga.key }', route: '\${ data.input.route }' } }]
steps: [{ step: send, call: shipping.bill, pivot: true }]
`.replace('key: data.x', 'key: input.billId');

  it('starts sagas of another definition', async () => {
    await begin(texts);
    change({ route: 'A1' });
    await scene.run(2_000);
    await answerAll();
    await scene.run(2_000);

    expect(scene.commands('shipping').map(({ type, data, hops }) => [type, data, hops])).toEqual([
      ['shipping.ship', { truckId: 't1', route: 'A1' }, 1],
      ['shipping.bill', { billId: 't1', route: 'A1' }, 2],
    ]);
  });

  it('is kept out by a gate', async () => {
    await begin(texts);
    change({ truckId: 'bike' });
    await scene.run(2_000);
    await answerAll();
    await scene.run(2_000);

    expect(reasons()).toEqual({ 'of-a-truck': 1 });
  });
});
