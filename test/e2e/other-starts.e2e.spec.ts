import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { webhookSignature } from '#libs/orchestration';
import type { HttpAnswer, Problem, Started } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand } from '../harness/skald-command.js';
import { everyTrigger } from './every-trigger.js';

const secret = 'whsec_bWFya2V0cGxhY2Utc2VjcmV0LWtleQ==';
jest.setTimeout(60_000);

let bench: SagaBench;
let secrets: string;

beforeAll(async () => {
  secrets = await mkdtemp(path.join(tmpdir(), 'skald-secrets-'));
  await writeFile(path.join(secrets, 'marketplace-key'), `${secret}\n`);
  bench = await startSagaBench({
    name: 'other-starts',
    documents: everyTrigger,
    env: { SKALD_SECRETS: secrets },
  });
  // It carries commands out, and never answers them.
  bench.participants.behave('legacy-oms.cancel-order', { silent: 'done' });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
  await rm(secrets, { recursive: true, force: true });
});

function exported(orderId: string, state = 'cancelled'): Promise<void> {
  return bench.publish('legacy.order-exported', { orderId, state, at: 'midnight' });
}

async function isAsked(orderId: string): Promise<void> {
  await bench.participants.arrived('legacy-oms.cancel-order', orderId);
}

describe('a participant that only publishes events', () => {
  it('answers by one that matches, however often it is asked meanwhile', async () => {
    await bench.publish('shop.order.cancelled', { orderId: 'o-1', by: 'customer' });
    await isAsked('o-1');
    await exported('o-1', 'shipped');
    await bench.participants.arrived('legacy-oms.cancel-order', 'o-1', 2);
    await exported('o-1');

    const page = await bench.ended('o-1');

    expect(page.status).toBe('completed');
    expect(page.steps['cancelInLegacy']).toMatchObject({
      outcome: 'succeeded',
      output: { orderId: 'o-1', state: 'cancelled', at: 'midnight' },
    });
    expect(bench.participants.done('o-1')).toEqual(['legacy-oms.cancel-order', 'mail.send']);
  });

  it('is heard by a coordinator that was killed while it waited', async () => {
    await bench.publish('shop.order.cancelled', { orderId: 'o-2', by: 'customer' });
    await isAsked('o-2');
    await bench.kill(0);
    await exported('o-2');
    await bench.restart(0);

    expect((await bench.ended('o-2')).status).toBe('completed');
    expect(bench.participants.done('o-2')).toEqual(['legacy-oms.cancel-order', 'mail.send']);
  });
});

describe('a definition with several triggers', () => {
  it('is started by each event, as its trigger says', async () => {
    await bench.publish('shop.order.rejected', { order: { id: 'o-3' } });
    await isAsked('o-3');
    await exported('o-3');

    expect((await bench.ended('o-3')).status).toBe('completed');
  });

  it('is started by the end of another saga, with the result that counts', async () => {
    bench.participants.behave('risk.check', { succeeded: { isFraud: true } }, { key: 'o-4' });
    bench.participants.behave('risk.check', { succeeded: { isFraud: false } }, { key: 'o-5' });
    await bench.publish('shop.order.suspected', { orderId: 'o-5' });
    await bench.publish('shop.order.suspected', { orderId: 'o-4' });
    await isAsked('o-4');
    await exported('o-4');

    expect((await bench.ended('o-4', { definition: 'cancel-order' })).status).toBe('completed');
    expect(await bench.page('o-5', 'cancel-order')).toBeUndefined();
  });
});

describe('a saga about another one', () => {
  const decided = async (claimId: string, amount: number, reason: string): Promise<void> => {
    bench.participants.behave('claims.decide', [{ succeeded: { reason } }], { key: claimId });
    await bench.publish('claims.submitted', { claimId, amount });
    await eventually(`claim of ${amount} to be decided`, async () => {
      const sagas = await bench.api.list(`key=${claimId}&definition=decide-claim&status=completed`);
      const inputs = await Promise.all(sagas.map(({ id }) => bench.api.saga(id)));
      return (inputs as unknown as readonly { input: { amount: number } }[]).some(
        ({ input }) => input.amount === amount,
      );
    });
  };
  const heard = (claimId: string) =>
    bench.participants.deliveries.find(
      ({ command, key }) => command.type === 'claims.hear' && key === claimId,
    )?.command.data;

  it('sees what came of the newest of its key', async () => {
    await decided('c-1', 60, 'no policy');
    await decided('c-1', 70, 'too late');
    await bench.publish('claims.appealed', { claimId: 'c-1' });

    const page = await bench.ended('c-1', { definition: 'appeal-claim' });
    const { out } = await skaldCommand(bench.api.url, { by: 'ann' }, 'show', page.id);
    expect(page.status).toBe('completed');
    expect(out).toMatch(/^Linked to decide-claim c-1 \(/m);
    expect(heard('c-1')).toEqual({ amount: 70, reason: 'too late', was: 'completed' });
  });

  it('sees it when a person starts it', async () => {
    await decided('c-2', 80, 'too much');
    const wish = { data: { claimId: 'c-2' }, by: 'ann', roles: ['adjudicator'] };
    const answer = await bench.api.post('/triggers/appeal-claim', wish, { 'idempotency-key': 'appeal-1' });

    expect(answer.status).toBe(201);
    await bench.ended('c-2', { definition: 'appeal-claim' });
    expect(heard('c-2')).toEqual({ amount: 80, reason: 'too much', was: 'completed' });
  });

  it('does not start without it, and that is seen', async () => {
    await bench.publish('claims.appealed', { claimId: 'c-3' });
    const wish = { data: { claimId: 'c-3' }, by: 'ann', roles: ['adjudicator'] };
    const answer = await bench.api.post<Problem>('/triggers/appeal-claim', wish, {
      'idempotency-key': 'appeal-2',
    });

    expect([answer.status, answer.body.detail]).toEqual([
      409,
      'there is no saga of decide-claim with the key c-3',
    ]);
    await eventually('both to be counted', async () => {
      const { body } = await bench.api.get<{
        readonly gated: readonly { readonly gate: string; readonly count: number }[];
      }>('/gates');
      return (
        body.gated.filter(({ gate }) => gate === 'unlinked').reduce((sum, { count }) => sum + count, 0) === 2
      );
    });
    expect(await bench.page('c-3')).toBeUndefined();
  });
});

describe('a decision that has been carried out', () => {
  const promised = '2026-11-21T11:30:00Z';
  const deliver = async (...orderIds: readonly string[]): Promise<void> => {
    for (const orderId of orderIds) {
      bench.participants.behave('routes.choose', { succeeded: { plan: 'A' } }, { key: orderId });
      await bench.publish('shop.order.ready', { orderId, promised });
    }
    for (const orderId of orderIds) await bench.ended(orderId, { definition: 'deliver-order' });
  };
  const verdicts = async (orderId: string): Promise<unknown> => {
    const page = await bench.page(orderId, 'deliver-order');
    const { audits } = page as unknown as {
      readonly audits: readonly {
        readonly action: string;
        readonly detail: string;
        readonly reason: string;
      }[];
    };
    return audits.filter(({ action }) => action === 'judge').map(({ detail, reason }) => [detail, reason]);
  };

  it('is taken up again when it fails outside, without the same plan', async () => {
    await deliver('d-1');
    bench.participants.behave('routes.choose', { succeeded: { plan: 'B' } }, { key: 'd-1' });
    await bench.publish('dispatch.delivery.rejected', { orderId: 'd-1', reason: 'the gate is closed' });
    await bench.ended('d-1', { definition: 'deliver-again' });

    const sent = bench.participants.deliveries
      .filter(({ key }) => key === 'd-1')
      .map(({ command }) => command.data);
    expect(sent).toEqual([
      { orderId: 'd-1' },
      { orderId: 'd-1', plan: 'A' },
      { orderId: 'd-1', not: 'A', because: 'the gate is closed' },
      { orderId: 'd-1', plan: 'B' },
    ]);
    expect(await verdicts('d-1')).toEqual([['bad', 'deliver-again d-1']]);
  });

  it('is compared with what was expected of it, and counted', async () => {
    await deliver('d-2', 'd-3', 'd-4');
    await bench.publish('dispatch.order.delivered', { orderId: 'd-2', at: '2026-11-21T12:29:00+01:00' });
    await bench.publish('dispatch.order.delivered', { orderId: 'd-3', at: '2026-11-21T11:31:00Z' });
    for (const orderId of ['d-2', 'd-3']) await bench.ended(orderId, { definition: 'check-delivery' });

    expect(await verdicts('d-2')).toEqual([['good', 'check-delivery d-2']]);
    expect(await verdicts('d-3')).toEqual([['bad', 'check-delivery d-3']]);
    const { out } = await skaldCommand(
      bench.api.url,
      { by: 'ann' },
      'quality',
      'deliver-order',
      '-o',
      'json',
    );
    expect(JSON.parse(out)).toEqual({
      quality: [expect.objectContaining({ made: 4, executed: 4, good: 1, bad: 2, unknown: 1 })],
    });
  });
});

describe('a person', () => {
  const ask = (
    body: Readonly<Record<string, unknown>>,
    key: string,
  ): Promise<HttpAnswer<Started & Problem>> =>
    bench.api.post('/triggers/cancel-order', body, { 'idempotency-key': key });

  it('of the role starts a saga, once for each key', async () => {
    const wish = { data: { number: 'o-6' }, by: 'ann', roles: ['clerk'] };

    const first = await ask(wish, 'wish-1');
    const again = await ask(wish, 'wish-1');
    await isAsked('o-6');
    await exported('o-6');

    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    const page = (await bench.ended('o-6')) as unknown as { readonly input: unknown };
    expect(page.input).toEqual({ orderId: 'o-6', asked: '/skald/other-starts/people/ann' });
  });

  it('of the role starts one by the command line', async () => {
    const { code, out } = await skaldCommand(
      bench.api.url,
      { by: 'ann' },
      ...['start', 'cancel-order', '--as', 'clerk', '--data', '{"number":"o-7"}'],
    );
    await isAsked('o-7');
    await exported('o-7');

    expect([code, out]).toEqual([0, expect.stringMatching(/^started /)]);
    expect((await bench.ended('o-7')).status).toBe('completed');
  });

  it('of another role is turned away, and so is what a gate keeps out', async () => {
    const stranger = await ask({ data: { number: 'o-8' }, by: 'bob', roles: ['driver'] }, 'wish-2');
    const gated = await ask({ data: { number: 'test' }, by: 'ann', roles: ['clerk'] }, 'wish-3');

    expect([stranger.status, stranger.body.detail]).toEqual([
      403,
      'cancel-order is started by clerk; you come as driver',
    ]);
    expect([gated.status, gated.body.detail]).toEqual([409, 'kept out by not-a-test']);
    expect(await bench.page('o-8')).toBeUndefined();
  });
});

describe('a webhook', () => {
  function post(
    body: string,
    id: string,
    {
      name = 'marketplace',
      signed = body,
      at = Math.floor(Date.parse(new Date().toISOString()) / 1_000),
    } = {},
  ): Promise<HttpAnswer<Problem>> {
    const timestamp = String(at);
    const signature = webhookSignature({ id, timestamp, body: Buffer.from(signed) }, secret);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    };
    return bench.api.send('POST', `/webhooks/${name}`, { body, headers });
  }

  it('that is signed starts a saga, once however often it is repeated', async () => {
    const body = '{ "reference": "o-9",  "why": "out of stock" }';

    const answers = [await post(body, 'msg-1'), await post(body, 'msg-1')];
    await isAsked('o-9');
    await exported('o-9');

    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const { timeline } = await bench.ended('o-9');
    expect(timeline.filter(({ text }) => text.startsWith('started by'))).toHaveLength(1);
    expect(await bench.api.list('key=o-9')).toHaveLength(1);
  });

  it('that is not signed, changed on its way, too old or unknown starts nothing', async () => {
    const body = '{"reference":"o-10"}';

    const answers = await Promise.all([
      bench.api.post<Problem>('/webhooks/marketplace', { reference: 'o-10' }),
      post(body, 'msg-2', { signed: '{"reference":"o-11"}' }),
      post(body, 'msg-3', { at: 1_700_000_000 }),
      post(body, 'msg-4', { name: 'nobody' }),
      post('no json', 'msg-5'),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([400, 401, 401, 404, 400]);
    expect(await bench.api.list('key=o-10')).toEqual([]);
  });

  it('is not believed while its secret is missing', async () => {
    await rm(path.join(secrets, 'marketplace-key'));
    const refused = await post('{"reference":"o-12"}', 'msg-6');
    await writeFile(path.join(secrets, 'marketplace-key'), secret);
    const taken = await post('{"reference":"o-12"}', 'msg-6');

    expect([refused.status, taken.status]).toEqual([401, 202]);
    await eventually('it to start', () => bench.page('o-12'));
  });
});
