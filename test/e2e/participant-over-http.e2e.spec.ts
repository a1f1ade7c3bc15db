import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Cost } from '#libs/orchestration';
import type { ServiceProcess } from '../../deploy/local/src/index.js';
import { makeCertificates, type Certificates } from '../harness/certificates.js';
import type { SagaPage } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { startHttpBridge } from '../harness/http-bridge.js';
import {
  startHttpService,
  type HttpCallSeen,
  type HttpReply,
  type HttpService,
} from '../harness/http-service.js';
import { openRawProducer } from '../harness/raw-producer.js';
import { headerOf, openEar } from '../harness/topic-ear.js';

const definitions = (base: string): string => `participant: bank
owner: accounts
http: { base: '${base}/v1', auth: 'secret:bank-token' }
commands:
  open:
    http: PUT /accounts/{accountId}
    statuses: { '422': branch-closed }
    rejects: [branch-closed]
    undoneBy: bank.close
    verify: bank.account
  close: { http: 'DELETE /accounts/{accountId}' }
  account: { effect: none, http: 'GET /accounts/{accountId}', statuses: { '404': not-found }, rejects: [not-found] }
  send-card:
    http: POST /cards
    statuses: { '422': no-such-design }
    rejects: [no-such-design]
    usage: { sheets: data.sheets }
---
saga: open-account
version: 1
key: input.accountId
defaults: { step: { timeout: 3s, retry: { attempts: 60, delay: 200ms, maxDelay: 500ms } } }
steps:
  - step: openAccount
    call: bank.open
    compensate: bank.close
  - step: sendCard
    call: bank.send-card
    with: { accountId: '\${ input.accountId }', design: '\${ input.design }', iban: '\${ steps.openAccount.output.iban }' }
    pivot: true
---
saga: welcome-parcel
version: 1
key: input.accountId
defaults: { step: { timeout: 5s } }
steps:
  - step: openAccount
    call: bank.open
    with: { accountId: '\${ input.accountId }', design: plain }
    compensate: { call: bank.close, with: { accountId: '\${ self.sent.accountId }' } }
  - step: sendParcel
    call: shipping.arrange
    with: { orderId: '\${ input.accountId }', postcode: '\${ input.postcode }' }
    pivot: true
`;

jest.setTimeout(60_000);

let fleet: Fleet;
let bank: HttpService;
let bridge: ServiceProcess;
let certificates: Certificates;
let secrets: string;

beforeAll(async () => {
  fleet = await startFleet({ name: 'over-http', participants: ['shipping'] });
  secrets = path.join(fleet.stack.dataFolder, 'secrets');
  certificates = await makeCertificates(path.join(fleet.stack.dataFolder, 'certificates'));
  await mkdir(secrets);
  await writeFile(path.join(secrets, 'bank-token'), 'an-old-one');
  bank = await startHttpService(work, certificates);
  const files = [{ path: 'bank.yaml', text: definitions(bank.url) }];
  expect(await fleet.api.post('/definitions', { files })).toMatchObject({ status: 200 });
  bridge = await startHttpBridge(fleet, { SKALD_SECRETS: secrets, SKALD_HTTP_TIMEOUT_MS: '1000' });
}, 120_000);

afterAll(async () => {
  await bridge?.stop();
  await bank?.stop();
  await fleet?.discard();
});

/** What the bank does when nothing is in its way. */
function work({ method, path: where, headers, body }: HttpCallSeen): HttpReply {
  if (headers['authorization'] !== 'Bearer the-right-one') return { status: 401 };
  if (where === '/v1/cards')
    return body['design'] === 'none'
      ? { status: 422, body: { designs: ['plain'] } }
      : { status: 201, body: { sheets: 2 }, headers: { 'saga-usage': 'cost-eur=0.4' } };
  const resource = where.replace(/\?.*/, '');
  const account = resource.slice(resource.lastIndexOf('/') + 1);
  if (method === 'PUT') return { status: 201, body: { iban: `DE-${account}` } };
  if (method === 'DELETE') return { status: 204 };
  const isOpen = [...bank.effects.values()].some((done) => done.method === 'PUT' && done.path === resource);
  return isOpen ? { status: 200, body: { iban: `DE-${account}` } } : { status: 404 };
}

async function open(accountId: string, design = 'plain'): Promise<string> {
  const { body } = await fleet.api.start('open-account', { accountId, design }, accountId);
  return body.id;
}

function ended(saga: string, status = 'completed', withinMs = 30_000): Promise<SagaPage> {
  return eventually(
    `saga ${saga} to be ${status}`,
    async () => {
      const page = await fleet.api.saga(saga);
      if (page.status === status) return page;
      throw new Error(textsOf(page).slice(-8).join('\n'));
    },
    withinMs,
  );
}

function textsOf(page: SagaPage): readonly string[] {
  return page.timeline.map(({ text }) => text);
}

/** How often the bank has done this, whatever it was asked. */
function effectsOf(method: string, where: string, accountId?: string): readonly HttpCallSeen[] {
  return [...bank.effects.values()].filter(
    (call) =>
      call.method === method &&
      call.path === where &&
      (accountId === undefined || call.body['accountId'] === accountId),
  );
}

const cardsOf = (accountId: string): readonly HttpCallSeen[] =>
  bank.callsOf('POST', '/v1/cards').filter(({ body }) => body['accountId'] === accountId);

describe('a server whose authority nobody knows', () => {
  it('is not spoken to until its authority is trusted, and not believed until the secret is right', async () => {
    const saga = await open('trust-1');
    await eventually('the call to be refused', async () =>
      textsOf(await fleet.api.saga(saga)).some((text) => text.includes('unreachable')),
    );
    expect(bank.calls).toEqual([]);

    await bridge.stop();
    await bridge.start({ SKALD_HTTP_CA: certificates.caFile });
    await eventually('the old secret to be refused', async () =>
      textsOf(await fleet.api.saga(saga)).some((text) => text.includes('http-401')),
    );
    await writeFile(path.join(secrets, 'bank-token'), 'the-right-one\n');

    await ended(saga);
    const tried = bank.callsOf('PUT', '/v1/accounts/trust-1');
    expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
    expect(tried.map(({ headers }) => headers['authorization'])).toContain('Bearer an-old-one');
  });
});

describe('a saga with a participant over HTTP', () => {
  it('sends the data as JSON and the operation as key, and goes on with the output', async () => {
    const page = await ended(await open('plain-1'));

    const [opened] = bank.callsOf('PUT', '/v1/accounts/plain-1');
    const [card] = cardsOf('plain-1');
    expect(opened).toMatchObject({
      body: { design: 'plain' },
      headers: { 'saga-id': page.id, 'content-type': 'application/json' },
    });
    expect(opened!.key).toMatch(/^openAccount\//);
    expect(card!.body).toEqual({ accountId: 'plain-1', design: 'plain', iban: 'DE-plain-1' });
  });

  it('is told what the server says that it used up, beside its answer and in it', async () => {
    const { id } = await ended(await open('usage-1'));

    const { body } = await fleet.api.get<Cost>(`/sagas/${id}/cost`);
    const used = { 'cost-eur': 0.4, sheets: 2 };
    expect(body.calls).toEqual([expect.objectContaining({ participant: 'bank', used })]);
    expect([body.used, body.unread]).toEqual([used, []]);
  });

  it('undoes what was done when the server refuses for good', async () => {
    const page = await ended(await open('refused-1', 'none'), 'compensated');

    const [opened] = bank.callsOf('PUT', '/v1/accounts/refused-1');
    const [closed] = effectsOf('DELETE', '/v1/accounts/refused-1?design=none');
    expect(page.failure).toMatchObject({ error: 'no-such-design', step: 'sendCard' });
    expect(closed!.headers['saga-compensates']).toBe(opened!.key);
    expect(closed!.key).not.toBe(opened!.key);
  });

  it('asks a server that was silent after it had done the work', async () => {
    bank.fare('PUT', '/v1/accounts/silent-1', 'silent');

    const page = await ended(await open('silent-1'));

    expect(bank.callsOf('PUT', '/v1/accounts/silent-1')).toHaveLength(1);
    expect(bank.callsOf('GET', '/v1/accounts/silent-1?design=plain')).not.toEqual([]);
    expect(cardsOf('silent-1')[0]!.body).toMatchObject({ iban: 'DE-silent-1' });
    expect(textsOf(page).join('\n')).toContain('bank.account');
  });

  it('waits as long as a busy server says', async () => {
    bank.fare('PUT', '/v1/accounts/busy-1', { status: 429, headers: { 'retry-after': '2' } });

    await ended(await open('busy-1'));

    const [refused, taken, ...more] = bank.callsOf('PUT', '/v1/accounts/busy-1');
    expect(more).toEqual([]);
    expect(taken!.at - refused!.at).toBeGreaterThanOrEqual(2_000);
    expect(taken!.key).toBe(refused!.key);
  });

  it('calls again with the same key after an error that leaves open what was done', async () => {
    const broken: HttpReply = { status: 500, body: { trace: 'boom' } };
    bank.fare('POST', '/v1/cards', broken, 'hang-up');

    await ended(await open('broken-1'));

    const tried = cardsOf('broken-1');
    expect(tried.length).toBeGreaterThanOrEqual(3);
    expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
    expect(effectsOf('POST', '/v1/cards', 'broken-1')).toHaveLength(1);
  });

  it('does not call again where the request is refused as it is', async () => {
    bank.fare('POST', '/v1/cards', { status: 400, body: { why: 'no design of this form' } });

    const page = await ended(await open('malformed-1'), 'compensated');

    expect(page.failure).toMatchObject({ error: 'failed', message: 'http-400', step: 'sendCard' });
    expect(cardsOf('malformed-1')).toHaveLength(1);
    expect(effectsOf('DELETE', '/v1/accounts/malformed-1?design=plain')).toHaveLength(1);
  });

  it('calls again soon where the server says that it did not begin', async () => {
    bank.fare('PUT', '/v1/accounts/away-1', { status: 503 }, { status: 503 });

    await ended(await open('away-1'));

    expect(bank.callsOf('PUT', '/v1/accounts/away-1')).toHaveLength(3);
    expect(bank.callsOf('GET', '/v1/accounts/away-1?design=plain')).toEqual([]);
  });
});

describe('a saga of steps over HTTP and over Kafka', () => {
  const welcome = async (accountId: string, postcode: string): Promise<string> => {
    const { body } = await fleet.api.start('welcome-parcel', { accountId, postcode }, accountId);
    return body.id;
  };

  it('cannot tell them apart', async () => {
    const { steps } = await ended(await welcome('parcel-1', '10115'));

    expect(Object.values(steps).map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded']);
    expect(effectsOf('PUT', '/v1/accounts/parcel-1')).toHaveLength(1);
  });

  it('undoes the one when the other refuses', async () => {
    const { failure } = await ended(await welcome('parcel-2', '00000'), 'compensated');

    expect(failure).toMatchObject({ error: 'no-carrier', step: 'sendParcel' });
    expect(effectsOf('DELETE', '/v1/accounts/parcel-2')).toHaveLength(1);
  });
});

describe('a command that is delivered twice', () => {
  it('is called twice with one key, and done once', async () => {
    const saga = await open('twice-1');
    await ended(saga);
    const ear = await openEar(fleet.stack.kafkaBrokers, 'bank.commands');
    const raw = await openRawProducer(fleet.stack.kafkaBrokers);
    try {
      await ear.catchUp();
      const sent = ear.records.filter(({ key }) => String(key) === saga);
      expect(sent).toHaveLength(2);
      for (const { topic, part, key, value, headers } of sent) {
        const texts = Object.keys(headers).map((name) => [name, headerOf({ headers } as never, name)]);
        await raw.send({
          topic,
          part,
          key: key as Buffer,
          value: value as Buffer,
          headers: Object.fromEntries(texts),
        });
      }
      await eventually('both to be called again', () => cardsOf('twice-1').length === 2);
    } finally {
      await raw.stop();
      await ear.stop();
    }

    const [first, second] = cardsOf('twice-1');
    expect(second!.key).toBe(first!.key);
    expect(effectsOf('POST', '/v1/cards', 'twice-1')).toHaveLength(1);
    expect(effectsOf('PUT', '/v1/accounts/twice-1')).toHaveLength(1);
    expect((await fleet.api.saga(saga)).status).toBe('completed');
  });
});

describe('a bridge that is killed between call and reply', () => {
  it('calls again with the same key when it is back', async () => {
    bank.fare('PUT', '/v1/accounts/killed-1', 'silent');
    const saga = await open('killed-1');
    await eventually('the work to be done', () => effectsOf('PUT', '/v1/accounts/killed-1').length === 1);
    await bridge.kill();
    await bridge.start({ SKALD_HTTP_CA: certificates.caFile });

    await ended(saga, 'completed', 40_000);

    const tried = bank.callsOf('PUT', '/v1/accounts/killed-1');
    expect(tried.length).toBeGreaterThanOrEqual(2);
    expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
    expect(effectsOf('PUT', '/v1/accounts/killed-1')).toHaveLength(1);
    expect(effectsOf('POST', '/v1/cards', 'killed-1')).toHaveLength(1);
    expect(await fleet.api.parked()).toEqual([]);
  });
});
