import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '#libs/messaging';
import { ApiFixture } from './api.fixture.js';

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
});

afterAll(() => api.stop());

describe('a saga that was refused at its last step', () => {
  it('shows in words what happened and what was undone', async () => {
    const { body } = await api.order({ orderId: 'c-1', total: 5_000 }, 'refused-1');
    const saga = await api.ended(body['id'], 'compensated');
    const told = (saga['timeline'] as { text: string }[]).map(({ text }) =>
      text.replace(/after [\d.]+ m?s/, 'after a while'),
    );

    expect(told).toEqual([
      expect.stringMatching(/^started by /),
      'sent inventory.reserve for reserveStock',
      'reserveStock succeeded after a while',
      'sent payment.charge for chargeCard',
      'chargeCard succeeded after a while',
      'sent shipping.arrange for arrangeShipping',
      'arrangeShipping rejected with no-carrier after a while',
      'sent payment.refund to undo chargeCard',
      'undo of chargeCard succeeded after a while',
      'sent inventory.release to undo reserveStock',
      'undo of reserveStock succeeded after a while',
      'published shop.order.rejected',
      'compensated because arrangeShipping raised no-carrier',
    ]);
    expect(saga['why']).toMatch(/^\S+ version 1 ran because \S+ asked for it/);
    expect(saga['waitsFor']).toEqual([]);
    expect((saga['history'] as unknown[]).length).toBeGreaterThan(1);
  });
});

describe('a saga that somebody started by hand', () => {
  it('says who, and the reason they gave', async () => {
    const asked = await api.send(
      'POST',
      '/sagas/order-fulfilment?by=ann&reason=the%20customer%20called',
      { orderId: 'h-1', total: 10 },
      { 'idempotency-key': 'by-hand' },
    );
    const saga = await api.ended(asked.body['id'], 'completed');

    expect(saga['why']).toBe(
      'order-fulfilment version 1 ran because ann asked for it ("the customer called").',
    );
    expect(saga['audits']).toContainEqual(
      expect.objectContaining({ action: 'start', by: 'ann', reason: 'the customer called' }),
    );
  });

  it('wants to know whose reason it is', async () => {
    const asked = await api.send(
      'POST',
      '/sagas/order-fulfilment?reason=because',
      { orderId: 'h-2', total: 10 },
      { 'idempotency-key': 'nobody' },
    );

    expect([asked.status, asked.body['detail']]).toEqual([400, expect.stringContaining('`by`')]);
  });
});

describe('a saga that waits for a participant', () => {
  it('says for what and until when', async () => {
    const { body } = await api.order({ orderId: 'w-1', total: 10, wait: true }, 'wait-1');
    const saga = await api.eventually(`/sagas/${String(body['id'])}`, (shown) =>
      JSON.stringify(shown['waitsFor']).includes('courier'),
    );

    expect(saga['waitsFor']).toEqual([
      expect.objectContaining({
        kind: 'answer',
        block: 'bookCourier',
        text: 'the answer of courier.book to bookCourier',
      }),
    ]);
    expect(Date.parse(String(saga['nextTimerAt']))).toBeGreaterThan(Date.parse(String(saga['startedAt'])));
  });

  it('takes a request to cancel and records who asked', async () => {
    const { body } = await api.order({ orderId: 'w-2', total: 10, wait: true }, 'wait-2');
    const path = `/sagas/${String(body['id'])}`;

    const answer = await api.send('POST', `${path}/actions`, {
      action: 'cancel',
      by: 'ann',
      reason: 'customer called',
    });
    const saga = await api.eventually(path, (shown) => shown['status'] !== 'running');

    expect([answer.status, answer.body['outcome']]).toEqual([200, 'done']);
    expect(saga['audits']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'cancel', by: 'ann', reason: 'customer called', result: 'done' }),
      ]),
    );
    expect(JSON.stringify(saga['timeline'])).toContain('ann asked to cancel: customer called');
  });

  it('refuses to retry what nothing is wrong with', async () => {
    const { body } = await api.order({ orderId: 'w-3', total: 10, wait: true }, 'wait-3');

    const {
      status,
      type,
      body: problem,
    } = await api.send('POST', `/sagas/${String(body['id'])}/actions`, { action: 'retry' });

    expect([status, problem['code']]).toEqual([409, 'REFUSED']);
    expect(String(problem['detail'])).not.toBe('');
    expect(type).toContain('application/problem+json');
  });

  it('takes the same request twice as one', async () => {
    const { body } = await api.order({ orderId: 'w-4', total: 10, wait: true }, 'wait-4');
    const path = `/sagas/${String(body['id'])}/actions`;

    const first = await api.send('POST', path, { action: 'retry' }, { 'idempotency-key': 'r-1' });
    const second = await api.send('POST', path, { action: 'retry' }, { 'idempotency-key': 'r-1' });

    expect(second.body['request']).toBe(first.body['request']);
  });
});

describe('an action that makes no sense', () => {
  const unknown = '/sagas/0193b5a0-0000-7000-8000-000000000000';

  it.each([
    ['no saga has the id', unknown, { action: 'retry' }, 404, 'UNKNOWN_SAGA'],
    ['the id is none', '/sagas/order-1', { action: 'retry' }, 404, 'UNKNOWN_SAGA'],
    ['there is no such action', unknown, { action: 'restart' }, 400, 'INVALID_REQUEST'],
    ['a field is misspelt', unknown, { action: 'retry', blok: 'a' }, 400, 'INVALID_REQUEST'],
    ['an output is given to retry', unknown, { action: 'retry', output: 1 }, 400, 'INVALID_REQUEST'],
    ['the reason holds a NUL character', unknown, { action: 'retry', reason: '\0' }, 400, 'INVALID_REQUEST'],
    ['the body is a list', unknown, [], 400, 'INVALID_REQUEST'],
  ])('is refused because %s', async (_why, path, body, status, code) => {
    const answer = await api.send('POST', `${path}/actions`, body);

    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });
});

describe('a record that cannot be read', () => {
  const at = '/parked/shop.events/0';

  async function parkedOffset(value: string): Promise<number> {
    const offset = api.service.broker.log({ topic: 'shop.events', part: 0 })!.end;
    const headers = { ce_id: `bad-${offset}`, ce_source: '/shop', ce_type: 'shop.order.placed' };
    api.service.broker.append({ topic: 'shop.events', part: 0, key: 'k', value, headers });
    await api.eventually('/parked', (body) => JSON.stringify(body['parked']).includes(`"offset":${offset},`));
    return offset;
  }

  it('is shown with its bytes and a reason', async () => {
    const offset = await parkedOffset('not json');

    const rows = (await api.get('/parked')).body['parked'] as Readonly<Record<string, Json>>[];

    expect(rows.find((row) => row['offset'] === offset)).toMatchObject({
      topic: 'shop.events',
      reason: 'not-json',
      value: { text: 'not json' },
    });
  });

  it('is given up by skip, once', async () => {
    const offset = await parkedOffset('not json either');

    const first = await api.send('POST', `${at}/${offset}/skip`, { by: 'ann' });
    const second = await api.send('POST', `${at}/${offset}/skip`, { by: 'bob' });

    expect([first.status, second.status, second.body['code']]).toEqual([200, 404, 'UNKNOWN_PARKED_RECORD']);
  });

  it('is sent again by redrive', async () => {
    const offset = await parkedOffset('still not json');
    const { end } = api.service.broker.log({ topic: 'shop.events', part: 0 })!;

    const { status } = await api.send('POST', `${at}/${offset}/redrive`);
    const again = await api.eventually('/parked', (body) =>
      JSON.stringify(body['parked']).includes(`"offset":${end},`),
    );

    expect(status).toBe(200);
    expect((again['parked'] as { offset: number }[]).some((row) => row.offset === offset)).toBe(false);
  });

  it('has to be named by numbers', async () => {
    expect((await api.send('POST', `${at}/last/skip`)).status).toBe(400);
  });
});
