import { partitionName, waitFor, type InboundRecord, type Offset } from '#libs/messaging';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import type { BenchSystem } from './bench-system.js';
import { CauseBook, type TransitionTimes } from './cause-book.js';
import { readTopics } from './topic-reader.js';
import { endsOf } from './topics.js';

type Watched = Pick<BenchSystem, 'kafka' | 'clock' | 'topics'>;

const lookEveryMs = 100;

/** Does `work`, and then reads what it has left in the topics of the order sagas: nobody reads beside it meanwhile. */
export async function timedTransitions<T>(
  system: Watched,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly transitions: TransitionTimes }> {
  const { home, events, commands } = system.topics;
  const topics = [home, events, ...commands];
  const from = await endsOfAll(system, topics);
  const result = await work();
  const book = new CauseBook(orderPlaced);
  await readToEnd(system, topics, from, (record) => book.enter(record));
  return { result, transitions: book.times() };
}

/** Reads topics from where they ended before, by `topic/partition`, to where they end now. */
export async function readToEnd(
  { kafka, clock }: Pick<Watched, 'kafka' | 'clock'>,
  topics: readonly string[],
  from: ReadonlyMap<string, Offset>,
  onRecord: (record: InboundRecord) => void,
): Promise<void> {
  const to = await endsOfAll({ kafka }, topics);
  const next = new Map(from);
  const group = `bench-transitions-${clock.now()}`;
  const reader = await readTopics(
    kafka,
    group,
    topics,
    (record) => {
      onRecord(record);
      next.set(partitionName(record), record.offset + 1);
    },
    from,
  );
  while ([...to].some(([partition, end]) => (next.get(partition) ?? 0) < end))
    await waitFor(clock, lookEveryMs);
  await reader.stop();
}

/** Where the partitions of topics end now, by `topic/partition`. */
export async function endsOfAll(
  { kafka }: Pick<Watched, 'kafka'>,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Offset>> {
  const all = topics.map(async (topic) =>
    (await endsOf(kafka.brokers, topic)).map(([part, end]) => [partitionName({ topic, part }), end] as const),
  );
  return new Map((await Promise.all(all)).flat());
}
