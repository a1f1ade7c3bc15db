import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { header, homeOf, SystemClock, writeHomeRecord, type SagaId } from '#libs/messaging';
import { webhookSignature } from '#libs/orchestration';
import { startOtlpSink, type OtlpSink } from '#libs/testing';
import type { ServiceProcess } from '../../deploy/local/src/index.js';
import { testHomePartitions, testSecret } from '../harness/coordinator-process.js';
import { eventually } from '../harness/deadline.js';
import { startHttpBridge } from '../harness/http-bridge.js';
import {
  startHttpService,
  type HttpCallSeen,
  type HttpReply,
  type HttpService,
} from '../harness/http-service.js';
import { leaksIn } from '../harness/leaks.js';
import { openRawProducer } from '../harness/raw-producer.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { headerOf, openEar, type TopicEar } from '../harness/topic-ear.js';

const definitions = (base: string): string => `participant: bank
http: { base: '${base}', auth: 'secret:bank-token' }
commands:
  open: { http: 'PUT /accounts/{accountId}' }
---
saga: open-account
version: 1
key: input.accountId
triggers:
  - webhook: branch
    secret: secret:branch-key
steps:
  - step: openAccount
    call: bank.open
    pivot: true
    timeout: 1m
    retry: { attempts: 100, delay: 200ms, maxDelay: 500ms }
`;

const tokens = { old: 'a-token-from-before', right: 'the-token-of-the-bank' } as const;
const webhookKey = 'bWFya2V0cGxhY2Utc2VjcmV0LWtleQ==';
/** What the coordinator signs with after what it began with. */
const nextSecret = 'another-one-for-tests-of-this-machine';
const first = `1:${testSecret}`;
const second = `2:${nextSecret}`;
const homeTopic = 'secrets.home';

jest.setTimeout(60_000);

const clock = new SystemClock();
let folder: string;
let traces: OtlpSink;
let bank: HttpService;
let bench: SagaBench;
let bridge: ServiceProcess;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-told-nobody-'));
  await mkdir(path.join(folder, 'secrets'));
  await writeFile(path.join(folder, 'secrets', 'branch-key'), `whsec_${webhookKey}\n`);
  await writeFile(path.join(folder, 'secrets', 'bank-token'), tokens.old);
  traces = await startOtlpSink();
  bank = await startHttpService(work);
  const env = { SKALD_SECRETS: path.join(folder, 'secrets'), SKALD_LOG_LEVEL: 'debug', ...traces.env };
  bench = await startSagaBench({
    name: 'secrets',
    documents: definitions(bank.url),
    elsewhere: ['bank'],
    env: { ...env, SKALD_SECRET: first },
  });
  const servers = { KAFKA_BROKERS: bench.kafkaBrokers.join(), DATABASE_URL: bench.databaseUrl };
  bridge = await startHttpBridge({
    stack: bench.folders,
    env: { ...servers, ...env, SKALD_INSTALLATION: 'secrets' },
  });
}, 120_000);

afterAll(async () => {
  await bridge?.stop();
  await bench?.discard();
  await bank?.stop();
  await traces?.stop();
  await rm(folder, { recursive: true, force: true });
});

function work({ headers, path: where }: HttpCallSeen): HttpReply {
  return headers['authorization'] === `Bearer ${tokens.right}`
    ? { status: 201, body: { iban: `DE${where}` } }
    : { status: 401, body: { why: 'who are you?' } };
}

/** What the branch sends, signed by what it shares with the coordinator. */
async function sendWebhook(accountId: string): Promise<number> {
  const body = JSON.stringify({ accountId });
  const timestamp = String(Math.floor(clock.now() / 1_000));
  const signed = { id: `msg-${accountId}`, timestamp, body: Buffer.from(body) };
  const { status } = await bench.api.send('POST', '/webhooks/branch', {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': signed.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': webhookSignature(signed, `whsec_${webhookKey}`),
    },
  });
  return status;
}

async function opened(accountId: string): Promise<SagaId> {
  const { body } = await bench.api.start('open-account', { accountId }, accountId);
  return body.id as SagaId;
}

/** Starts the coordinator anew, with other secrets. */
async function signingWith(secrets: string): Promise<void> {
  const { service } = bench.coordinators[0]!;
  await service.stop();
  await service.start({ SKALD_SECRET: secrets });
}

/** By which secrets the commands of an account were sealed, one for each that was sent. */
async function sealsOf(ear: TopicEar, saga: SagaId): Promise<readonly string[]> {
  await ear.catchUp();
  return ear.records
    .filter((record) => headerOf(record, header.correlation) === saga)
    .map((record) => /~([^.~]+)\.[^.]+$/.exec(headerOf(record, header.operation))?.[1] ?? 'none');
}

describe('secrets of a webhook and of a participant over HTTP', () => {
  it('let those in who have them, as soon as they are right', async () => {
    expect(await sendWebhook('signed-1')).toBe(202);
    await bench.until('is turned away by the bank', 'signed-1', ({ timeline }) =>
      timeline.some(({ text }) => text.includes('http-401')),
    );
    await writeFile(path.join(folder, 'secrets', 'bank-token'), `${tokens.right}\n`);

    expect(await bench.ended('signed-1')).toMatchObject({ status: 'completed' });
    const shown = new Set(bank.calls.map(({ headers }) => headers['authorization']));
    expect(shown).toEqual(new Set([`Bearer ${tokens.old}`, `Bearer ${tokens.right}`]));
  });
});

describe('a signing secret that is exchanged while a command is under way', () => {
  it('is accepted until it is taken away, and the next one signs', async () => {
    const ear = await openEar(bench.kafkaBrokers, 'bank.commands');
    await bridge.stop();
    const early = await opened('early-1');
    await eventually('the command to be sent', async () => (await sealsOf(ear, early)).length > 0);

    await signingWith(`${second},${first}`);
    await bridge.start();
    const earlyPage = await bench.ended('early-1');
    const late = await opened('late-1');
    const latePage = await bench.ended('late-1');
    await signingWith(second);
    await opened('last-1');
    const lastPage = await bench.ended('last-1');
    const seals = [await sealsOf(ear, early), await sealsOf(ear, late)];
    await ear.stop();

    expect([earlyPage, latePage, lastPage].map(({ status }) => status)).toEqual(Array(3).fill('completed'));
    expect(earlyPage.steps['openAccount']).toMatchObject({ attempts: 1 });
    expect(seals).toEqual([['1'], ['2']]);
  });

  it('counts no more once it is taken away', async () => {
    const saga = (await bench.api.list('key=last-1'))[0]!.id as SagaId;
    const part = homeOf(saga, testHomePartitions);
    const due = writeHomeRecord({ keys: [{ id: '1', secret: testSecret }] }, { kind: 'due', saga });
    const producer = await openRawProducer(bench.kafkaBrokers);
    const offset = await producer.send({ topic: homeTopic, part, ...due });
    await producer.stop();

    const parked = await eventually('the record to be parked', async () =>
      (await bench.api.parked()).find((record) => record.part === part && record.offset === offset),
    );
    expect(parked).toMatchObject({ topic: homeTopic, reason: 'wrong-signature' });
  });
});

describe('all of these secrets', () => {
  it('are told nobody: the definition names them, and nothing holds them', async () => {
    await eventually('the trace of an account', () =>
      traces.spans.some(({ name }) => name.endsWith('completed')),
    );
    const told = {
      'log of the coordinator': await readFile(bench.coordinators[0]!.service.logFile, 'utf8'),
      'log of the bridge': await readFile(bridge.logFile, 'utf8'),
      traces: JSON.stringify(traces.spans),
      metrics: await (await fetch(`${bench.api.url}/metrics`)).text(),
      database: await textOfDatabase(),
      topics: await textOfTopics(['bank.commands', homeTopic]),
      answers: await textOfAnswers(['/definitions', '/sagas', '/parked', '/incidents', '/lanes']),
    };

    expect(told['log of the coordinator']).toMatch(/"level":"debug"/);
    expect(told.database).toContain('secret:bank-token');
    expect(told.topics).toContain('early-1');
    expect(told.answers).toContain('"status":"completed"');
    const secrets = [...Object.values(tokens), webhookKey, testSecret, nextSecret];
    const keyInBytes = Buffer.from(webhookKey, 'base64').toString('utf8');
    expect(leaksIn(told, [...secrets, keyInBytes])).toEqual([]);
  });

  /** Every row of every table, as text. */
  async function textOfDatabase(): Promise<string> {
    const tables = await bench.query<{ readonly name: string }>(
      "select relname as name from pg_class where relkind in ('r', 'p') and relname like 'saga\\_%'",
    );
    const rows = await Promise.all(
      tables.map(({ name }) => bench.query<{ readonly row: string }>(`select t::text as row from ${name} t`)),
    );
    return rows
      .flat()
      .map(({ row }) => row)
      .join('\n');
  }

  async function textOfTopics(topics: readonly string[]): Promise<string> {
    const texts = [];
    for (const topic of topics) {
      const ear = await openEar(bench.kafkaBrokers, topic);
      await ear.catchUp();
      for (const { key, value, headers } of ear.records)
        texts.push(String(key), String(value), ...Object.values(headers).map(String));
      await ear.stop();
    }
    return texts.join('\n');
  }

  async function textOfAnswers(paths: readonly string[]): Promise<string> {
    const sagas = await bench.api.list('limit=50');
    const pages = sagas.flatMap(({ id }) => [`/sagas/${id}`, `/sagas/${id}/executions`, `/sagas/${id}/cost`]);
    const answers = await Promise.all([...paths, ...pages].map((each) => bench.api.get(each)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    return JSON.stringify(answers);
  }
});
