import { KafkaCommandSink } from '#libs/kafka';
import {
  commandTopic,
  eventHeaders,
  eventPartition,
  eventTopic,
  homeTopic,
  SystemClock,
  type OutgoingRecord,
} from '#libs/messaging';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { ChainBook, type ChainTimes } from './chain-book.js';
import type { OrderRange } from './order-book.js';
import { placeAtRate } from './place-orders.js';
import { endsOfAll, readToEnd } from './transition-times.js';

/** A chain of stages at a steady rate. */
export interface ChainRun {
  readonly perSecond: number;
  readonly sagas: number;
  readonly times: ChainTimes;
}

const begun = 'line.item-wanted';
const stages = ['sourcing.find', 'pricing.price', 'credit.check', 'planning.plan'];
const name = 'chain';
const warmUp = 500;

const documents = `saga: line
version: 1
key: input.itemId
triggers: [{ event: ${begun} }]
steps:
${stages.map((call, index) => `  - { step: stage${index + 1}, call: ${call} }`).join('\n')}
${stages.map((call) => `---\nparticipant: ${call.split('.')[0]}\ncommands: { ${call.split('.')[1]}: { effect: none } }\n`).join('')}`;

/** Lets four participants work after one another, each on what the one before it has done, on a stack of its own. */
export async function chainRun(
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  say: (line: string) => void,
): Promise<ChainRun> {
  say('starting coordinator and participants');
  const bench = await startSagaBench({ name, documents, ownServers: true });
  try {
    const sagas = perSecond * seconds;
    say(`warming up with ${warmUp} sagas`);
    await run(bench, { first: 1, count: warmUp }, 2 * perSecond);
    say(`${perSecond} sagas/s for ${seconds} s`);
    return { perSecond, sagas, times: await run(bench, { first: warmUp + 1, count: sagas }, perSecond) };
  } finally {
    await bench.discard();
  }
}

async function run(bench: SagaBench, range: OrderRange, perSecond: number): Promise<ChainTimes> {
  const clock = new SystemClock();
  const kafka = { brokers: bench.kafkaBrokers, clientId: 'bench' };
  const topics = [homeTopic(name), eventTopic(begun), ...stages.map(commandTopic)];
  const from = await endsOfAll({ kafka }, topics);
  const sink = new KafkaCommandSink(kafka, clock);
  await sink.start();
  try {
    const make = (item: number, partitions: number) => itemRecord(item, partitions, clock);
    await placeAtRate({ sink, clock, topic: eventTopic(begun), make }, range, perSecond);
  } finally {
    await sink.stop();
  }
  await eventually(
    'all sagas to end',
    async () => (await ended(bench)) >= range.first - 1 + range.count,
    120_000,
  );
  const book = new ChainBook(begun, stages);
  await readToEnd({ kafka, clock }, topics, from, (record) => book.enter(record));
  return book.times();
}

function itemRecord(item: number, partitions: number, clock: SystemClock): OutgoingRecord {
  const itemId = `item-${item}`;
  return {
    topic: eventTopic(begun),
    part: eventPartition(itemId, partitions),
    key: itemId,
    value: JSON.stringify({ itemId }),
    headers: eventHeaders({ id: itemId, source: '/bench', type: begun, at: clock.now(), hops: 0, trace: {} }),
  };
}

async function ended(bench: SagaBench): Promise<number> {
  const [row] = await bench.query<{ ended: number }>(
    'select count(*)::integer as ended from saga_instance where finished_at is not null',
  );
  return row!.ended;
}

/** The figures as a person reads them. */
export function chainReport({ perSecond, sagas, times }: ChainRun): string {
  const line = (what: string, { p50, p95, p99 }: ChainTimes['overhead']): string =>
    `${what.padEnd(24)} p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`;
  return [
    `a chain of ${stages.length} stages, ${sagas} sagas at ${perSecond}/s`,
    line('event to first stage', times.eventToCommand),
    line('reply to next stage', times.answerToNext),
    line('overhead of a saga', times.overhead),
    `${'complete and in order'.padEnd(24)} ${times.inOrder} of ${sagas}`,
    '',
  ].join('\n');
}
