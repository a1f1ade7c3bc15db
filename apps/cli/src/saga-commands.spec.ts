import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const saga = '0193b5a0-1111-7222-8333-444444444444';
const coordinator = new PlayedCoordinator();

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald start', () => {
  it('sends the input under a key derived from it', async () => {
    coordinator.answer(() => ({ status: 201, body: { id: saga, outcome: 'created' } }));

    const first = await skald('start', 'order', '-d', '{"orderId":"o-1"}');
    await skald('start', 'order', '-d', '{ "orderId": "o-1" }');
    await skald('start', 'order', '-d', '{"orderId":"o-2"}');
    const keys = coordinator.arrived.map(({ headers }) => headers['idempotency-key']);

    expect(first).toMatchObject({ code: 0, out: `started ${saga}` });
    expect(coordinator.arrived[0]).toMatchObject({
      method: 'POST',
      url: '/sagas/order?by=ann',
      body: { orderId: 'o-1' },
    });
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([true, false]);
  });

  it('reads the input from standard input', async () => {
    coordinator.answer(() => ({ status: 201, body: { id: saga, outcome: 'created' } }));

    await terminal(
      ['start', 'order', '-i', '-', '-k', 'mine'],
      { SKALD_URL: coordinator.url },
      '{"orderId":"o-3"}',
    );

    expect(coordinator.arrived[0]).toMatchObject({
      body: { orderId: 'o-3' },
      headers: { 'idempotency-key': 'mine' },
    });
  });

  it('says who asks, and why', async () => {
    coordinator.answer(() => ({ status: 201, body: { id: saga, outcome: 'created' } }));

    await skald('start', 'order', '-d', '{}', '--reason', 'the customer called');
    await skald('start', 'order', '-d', '{}', '--as', 'clerk', '--reason', 'the customer called');

    expect(coordinator.arrived).toMatchObject([
      { url: '/sagas/order?by=ann&reason=the+customer+called', body: {} },
      { url: '/triggers/order', body: { by: 'ann', reason: 'the customer called', roles: ['clerk'] } },
    ]);
  });

  it('says who was there before', async () => {
    coordinator.answer(() => ({ body: { id: saga, outcome: 'duplicate' } }));

    expect((await skald('start', 'order', '-d', '{}')).out).toContain(`nothing started: ${saga}`);
  });
});

describe('skald list', () => {
  const row = {
    id: saga,
    definition: 'order',
    owner: 'sales',
    version: 1,
    businessKey: 'o-1',
    status: 'running',
    incident: true,
    startedAt: '2026-11-21T08:00:00.000Z',
  };

  it('prints a table', async () => {
    coordinator.answer(() => ({ body: { sagas: [row], next: saga } }));

    const { out } = await skald('list', '--status', 'running', '--owner', 'sales', '--incident');

    expect(coordinator.arrived[0]?.url).toBe('/sagas?limit=50&status=running&owner=sales&incident=true');
    expect(out).toContain(
      `${saga}  order 1     sales  o-1           running (incident)  2026-11-21 08:00:00.000Z`,
    );
    expect(out).toContain(`--before ${saga}`);
  });

  it('prints what the coordinator said as JSON', async () => {
    coordinator.answer(() => ({ body: { sagas: [row] } }));

    expect(JSON.parse((await skald('list', '-o', 'json')).out)).toEqual({ sagas: [row] });
    expect(JSON.parse((await skald('-o', 'json', 'list')).out)).toEqual({ sagas: [row] });
  });
});

describe('an action', () => {
  const answered = { body: { outcome: 'done', request: 'r', detail: '' } };

  it('goes to the saga with who asks and why', async () => {
    coordinator.answer(() => answered);

    const { code, out } = await skald(
      'skip',
      saga,
      '--block',
      'chargeCard',
      '--result',
      '{"charge":1}',
      '-r',
      'paid by hand',
    );

    expect([code, out]).toEqual([0, 'done']);
    expect(coordinator.arrived).toEqual([
      expect.objectContaining({
        url: `/sagas/${saga}/actions`,
        body: {
          action: 'skip',
          by: 'ann',
          block: 'chargeCard',
          output: { charge: 1 },
          reason: 'paid by hand',
        },
      }),
    ]);
  });

  it('finds the saga of a business key', async () => {
    coordinator.answer(({ method }) => (method === 'GET' ? { body: { sagas: [{ id: saga }] } } : answered));

    await skald('cancel', 'o 1');

    expect(coordinator.arrived.map(({ url }) => url)).toEqual(['/sagas?key=o+1', `/sagas/${saga}/actions`]);
  });

  it('does not guess between two sagas', async () => {
    const two = [
      { id: saga, startedAt: '' },
      { id: 'other', startedAt: '' },
    ].map((one) => ({ ...one, definition: 'order', version: 1, businessKey: 'o-1', status: 'running' }));
    coordinator.answer(() => ({ body: { sagas: two } }));

    const { code, err } = await skald('retry', 'o-1');

    expect([code, err]).toEqual([1, expect.stringContaining('2 sagas have the business key "o-1"')]);
  });

  it('settles a parked record named by its position', async () => {
    coordinator.answer(() => answered);

    await skald('redrive', 'shop.events/0/17');

    expect(coordinator.arrived[0]).toMatchObject({
      url: '/parked/shop.events/0/17/redrive',
      body: { by: 'ann' },
    });
  });

  it('fails when the saga refuses', async () => {
    coordinator.answer(() => ({ status: 409, body: { detail: 'past its pivot' } }));

    expect(await skald('cancel', saga)).toMatchObject({ code: 1, err: 'skald: past its pivot' });
  });
});

describe('skald lanes', () => {
  it('shows who reads what and how far', async () => {
    const lane = {
      topic: 'skald.home',
      part: 0,
      owner: 'pod-1',
      epoch: 3,
      seq: 12,
      nextOffset: 40,
      takeovers: 0,
      unsent: 2,
      lastRecord: { at: '2026-11-21T08:00:00.000Z' },
    };
    coordinator.answer(() => ({ body: { lanes: [lane] } }));

    expect((await skald('lanes')).out.split('\n')).toEqual([
      'topic       part  owner  epoch  commits  next offset  unsent  takeovers  last record',
      'skald.home     0  pod-1      3       12           40       2          0  2026-11-21T08:00:00.000Z',
    ]);
  });
});

describe('skald why', () => {
  const wait = {
    text: 'the event shop.order.paid of o-1',
    block: 'paid',
    since: '2026-11-21T08:00:00.000Z',
    until: '2026-11-22T08:00:00.000Z',
    isBeside: false,
    help: [{ text: 'payment o-1 would publish it at told' }],
  };
  const order = { id: saga, definition: 'order', businessKey: 'o-1', status: 'running', isBusy: false };

  it('follows who waits for whom', async () => {
    const payment = { ...order, definition: 'payment', isBusy: true, waits: [] };
    const circle = {
      text: 'order o-1 waits for the event x of y, which order o-1 would publish',
      sagas: [saga],
    };
    coordinator.answer(() => ({
      body: { sagas: [{ ...order, waits: [wait] }, payment], circles: [circle], isCut: true },
    }));

    const { code, out } = await skald('why', saga);

    expect(coordinator.arrived[0]).toMatchObject({ method: 'GET', url: `/sagas/${saga}/why` });
    expect([code, out.replace(/for \d+[^,]*,/, 'for long,').split('\n')]).toEqual([
      0,
      [
        'They wait for each other: order o-1 waits for the event x of y, which order o-1 would publish.',
        'Nothing ends that by itself, unless somebody else publishes such an event.',
        '',
        `order o-1 (running, ${saga})`,
        '  - waits for the event shop.order.paid of o-1, for long, until 2026-11-22 08:00:00.000Z',
        '    from payment o-1 would publish it at told',
        '',
        `payment o-1 (running, ${saga})`,
        '  - is busy with something else: skald show says with what',
        '',
        'There are more who may help; this is as far as was looked.',
      ],
    ]);
  });

  it('says that one waits for nobody', async () => {
    coordinator.answer(() => ({ body: { sagas: [{ ...order, waits: [] }], circles: [], isCut: false } }));

    expect((await skald('why', saga)).out).toContain('waits for nobody outside the participants');
  });
});

describe('skald toggles', () => {
  const off = { definition: 'order', toggle: 'agent', on: false, byDefault: true };

  it('shows what is switched and by whom', async () => {
    const switched = { at: '2026-11-21T08:00:00.000Z', by: 'ann', reason: 'it errs' };
    coordinator.answer(() => ({ body: { toggles: [{ ...off, switched }] } }));

    expect((await skald('toggles', 'list')).out.split('\n')[1]).toBe(
      'order  agent   off  on          2026-11-21T08:00:00.000Z by ann: it errs',
    );
  });

  it('switches one', async () => {
    coordinator.answer(() => ({ body: off }));

    const { code, out } = await skald('toggles', 'set', 'order', 'agent', 'off', '-r', 'it errs');

    expect([code, out]).toEqual([0, 'order agent is off; sagas that run hear of it within a minute']);
    expect(coordinator.arrived[0]).toMatchObject({
      method: 'POST',
      url: '/toggles/order/agent',
      body: { on: false, by: 'ann', reason: 'it errs' },
    });
  });

  it('takes on and off only', async () => {
    expect(await skald('toggles', 'set', 'order', 'agent', 'no', '-r', 'x')).toMatchObject({ code: 2 });
  });
});
