import { partitionName, waitFor, type Offset } from '#libs/messaging';
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
  const from = await ends(system);
  const result = await work();
  return { result, transitions: await read(system, from, await ends(system)) };
}

async function read(
  { kafka, clock, topics }: Watched,
  from: ReadonlyMap<string, Offset>,
  to: ReadonlyMap<string, Offset>,
): Promise<TransitionTimes> {
  const book = new CauseBook(orderPlaced);
  const next = new Map(from);
  const group = `bench-transitions-${clock.now()}`;
  const reader = await readTopics(
    kafka,
    group,
    [topics.home, topics.events, ...topics.commands],
    (record) => {
      book.enter(record);
      next.set(partitionName(record), record.offset + 1);
    },
    from,
  );
  while ([...to].some(([partition, end]) => (next.get(partition) ?? 0) < end))
    await waitFor(clock, lookEveryMs);
  await reader.stop();
  return book.times();
}

async function ends({ kafka, topics }: Watched): Promise<ReadonlyMap<string, Offset>> {
  const all = [topics.home, topics.events, ...topics.commands].map(async (topic) =>
    (await endsOf(kafka.brokers, topic)).map(([part, end]) => [partitionName({ topic, part }), end] as const),
  );
  return new Map((await Promise.all(all)).flat());
}
