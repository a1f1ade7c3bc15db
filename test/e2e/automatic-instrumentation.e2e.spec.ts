import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startService, type ServiceProcess } from '../../deploy/local/src/index.js';
import { startJaeger, type Jaeger, type JaegerSpan, type JaegerTrace } from '../harness/jaeger.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const checkout = `saga: checkout
version: 1
key: input.orderId
triggers: [{ event: shop.order.wanted }]
steps:
  - step: charge
    call: cards.charge
    compensate: cards.refund
  - step: pack
    call: depot.pack
    pivot: true
---
participant: cards
commands: { charge: { undoneBy: cards.refund }, refund: {} }
---
participant: depot
commands: { pack: { rejects: [sold-out] } }
---
participant: shop
events: { order.wanted: {} }
`;

// The first run on a machine builds the backend.
jest.setTimeout(90_000);

let folder: string;
let jaeger: Jaeger;
let bench: SagaBench;
let cards: ServiceProcess;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-instrumented-'));
  jaeger = await startJaeger({ dataFolder: folder, logsFolder: folder });
  bench = await startSagaBench({
    name: 'instrumented',
    documents: checkout,
    elsewhere: ['cards'],
    env: jaeger.env,
  });
  cards = await startService({
    name: 'cards',
    script: 'dist/test/harness/instrumented-participant.main.js',
    nodeOptions: ['--import', './test/harness/automatic-instrumentation.mjs'],
    stack: bench.folders,
    env: {
      ...jaeger.env,
      OTEL_SERVICE_NAME: 'cards',
      KAFKA_BROKERS: bench.kafkaBrokers.join(),
      DATABASE_URL: bench.databaseUrl,
      SPEC_CALLED_URL: `${bench.api.url}/health/live`,
    },
    ready: { line: /the participant is ready/ },
  });
}, 900_000);

afterAll(async () => {
  await cards?.stop();
  await bench?.discard();
  await jaeger?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function traceOf(orderId: string): Promise<JaegerTrace> {
  await bench.publish('shop.order.wanted', { orderId });
  const isWhole = (trace: JaegerTrace): boolean => trace.isClosed && trace.orphans.length === 0;
  return jaeger.until('skald-coordinator', { 'saga.key': orderId }, isWhole);
}

/** What is below a command, by the names of the spans and the libraries that made them. */
function below(trace: JaegerTrace, command: string): readonly string[] {
  const [work] = trace.named('process cards.commands').filter(({ tags }) => tags['saga.command'] === command);
  return trace.spans
    .filter(({ parent }) => parent === work?.spanID)
    .map(
      ({ operationName, tags }) => `${String(tags['otel.scope.name']).split('/').at(-1)}: ${operationName}`,
    )
    .sort();
}

/** The spans on a way from the root downwards, as far as they are there; the first one of each name. */
function wayDown(trace: JaegerTrace, names: readonly string[]): readonly JaegerSpan[] {
  const way: JaegerSpan[] = [];
  for (const name of names) {
    const found = trace.named(name).find(({ parent }) => parent === way.at(-1)?.spanID);
    if (found === undefined) break;
    way.push(found);
  }
  return way;
}

const workOfLibraries = [
  'instrumentation-http: GET',
  'instrumentation-kafkajs: send audit.events',
  'instrumentation-pg: pg.query:INSERT bench_instrumented',
  'skald: send instrumented.home',
];

describe('a participant whose libraries are instrumented by themselves', () => {
  it('has their work below the command, in one tree with the saga', async () => {
    const trace = await traceOf('o-1');

    expect(trace.flaws).toEqual([]);
    expect(below(trace, 'cards.charge')).toEqual(workOfLibraries);
    for (const name of [
      'step charge',
      'send cards.commands',
      'process cards.commands',
      'send instrumented.home',
    ])
      expect([name, trace.named(name).length]).toEqual([name, 1]);
  });

  it('has a span of each hop, named by the conventions', async () => {
    const trace = await traceOf('o-4');

    const way = [
      'process shop.events',
      'saga checkout',
      'step charge',
      'send cards.commands',
      'process cards.commands',
      'send instrumented.home',
      'process instrumented.home',
    ];
    const hops = wayDown(trace, way);
    expect(hops.map(({ operationName }) => operationName)).toEqual(way);
    const [asked, worked, replied, heard] = hops.slice(-4).map(({ tags }) => tags);
    const conversation = { 'messaging.message.conversation_id': worked!['saga.id'] };
    const place = {
      'messaging.destination.partition.id': expect.stringMatching(/^\d$/),
      'messaging.kafka.offset': expect.any(Number),
    };
    expect(worked).toMatchObject({
      ...conversation,
      ...place,
      'span.kind': 'consumer',
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'cards.commands',
      'messaging.consumer.group.name': 'cards',
      'messaging.message.id': asked!['messaging.message.id'],
      'saga.step.attempt': 1,
    });
    expect(replied).toMatchObject({
      ...conversation,
      'span.kind': 'producer',
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'instrumented.home',
      'messaging.destination.partition.id': heard!['messaging.destination.partition.id'],
    });
    expect(heard).toMatchObject({
      ...conversation,
      ...place,
      'messaging.consumer.group.name': 'instrumented',
      'messaging.message.id': replied!['messaging.message.id'],
    });
  });

  it('answers below its own work, also when it undoes', async () => {
    bench.participants.behave('depot.pack', { rejected: 'sold-out' }, { key: 'o-2' });

    const trace = await traceOf('o-2');

    const replies = trace.named('send instrumented.home');
    const undo = trace.only('compensate charge');
    expect(trace.flaws).toEqual([]);
    expect(below(trace, 'cards.refund')).toEqual(workOfLibraries);
    expect(replies).toHaveLength(2);
    for (const { spanID } of replies)
      expect(trace.named('process instrumented.home').filter(({ parent }) => parent === spanID)).toHaveLength(
        1,
      );
    expect(undo.links[0]?.spanID).toBe(trace.only('step charge').spanID);
  });

  it('is not seen reading and answering a second time', async () => {
    await traceOf('o-3');

    const found = await jaeger.find('cards', {});
    const spans = found
      .filter(({ isClosed }) => !isClosed)
      .flatMap((trace) => trace.spans.map(({ operationName }) => operationName));
    expect(spans.filter((name) => !name.startsWith('pg'))).toEqual([]);
  });
});
