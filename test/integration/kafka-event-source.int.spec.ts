import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TopicMissingError } from '#libs/kafka';
import type { EventSource } from '#libs/messaging';
import { eventSourceContract, resumeAll, SourceWatcher } from '#libs/testing';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';
import { plantStandstill, unusedName, Workbench } from './kafka-benches.js';

jest.setTimeout(60_000);

let stack: LocalStack;
let bench: Workbench;

beforeAll(async () => {
  stack = await startLocalStack({ name: 'kafka-event-source' });
  bench = new Workbench(stack.kafkaBrokers);
  await bench.open();
}, 120_000);

afterEach(() => bench.tidy());

afterAll(async () => {
  await bench?.close();
  await stack?.stop();
});

eventSourceContract('KafkaEventSource', () => bench.sourceBench()());

describe('a Kafka source', () => {
  it('does not start without its topics', async () => {
    const topic = await bench.topic(1);
    const missing = unusedName('missing');

    const started = bench
      .source({ group: unusedName('g'), topics: [topic, missing] })
      .start(new SourceWatcher());

    await expect(started).rejects.toThrow(TopicMissingError);
    await expect(started).rejects.toThrow(missing);
  });

  it('is rebuilt when its fetch loop stands still', async () => {
    const topic = await bench.topic(1);
    const { source, watcher } = await reader([topic], { stalledAfterMs: 1_500 });
    await bench.append(topic, 0, ['a']);
    await watcher.until('it reads', () => watcher.values(0).length === 1);

    await plantStandstill(source);
    await bench.append(topic, 0, ['b']);

    await watcher.until('it reads again', () => watcher.values(0).at(-1) === 'b');
    expect(watcher.events.filter((event) => event.startsWith('revoked'))).toEqual([`revoked ${topic}/0`]);
  });

  it('keeps reading what it keeps when a member joins', async () => {
    const topic = await bench.topic(4);
    const group = unusedName('g');
    const first = await reader([topic], { group });
    for (const part of [0, 1, 2, 3]) await bench.append(topic, part, [`before ${part}`]);
    await first.watcher.until('all is read', () => first.watcher.batches.length === 4);

    const second = await reader([topic], { group });
    await first.watcher.until('it has given two', () => first.watcher.assignedNow.size === 2);
    await second.watcher.until('the other has two', () => second.watcher.assignedNow.size === 2);
    const kept = [...first.watcher.assignedNow].map((name) => Number(name.slice(-1)));
    for (const part of kept) await bench.append(topic, part, [`after ${part}`]);

    await first.watcher.until('it reads on', () =>
      kept.every((part) => first.watcher.values(part).length === 2),
    );
    expect(first.watcher.events.filter((event) => event.startsWith('assigned'))).toHaveLength(4);
    expect(first.watcher.events.filter((event) => event.startsWith('revoked'))).toHaveLength(2);
    expect(kept.map((part) => first.watcher.values(part))).toEqual(
      kept.map((part) => [`before ${part}`, `after ${part}`]),
    );
  });

  it('reads the other topics on when one is deleted', async () => {
    const [lasting, passing] = [await bench.topic(1), await bench.topic(1)];
    const { watcher } = await reader([lasting, passing]);
    await bench.append(passing, 0, ['gone']);
    await watcher.until('it reads', () => watcher.batches.length === 1);

    await bench.admin.deleteTopics({ topics: [passing] });
    for (let turn = 0; turn < 3; turn += 1) {
      await bench.append(lasting, 0, [`${turn}`]);
      await watcher.until('the other topic is read', () => valuesOf(watcher, lasting).includes(`${turn}`));
    }
    await bench.createTopic(passing, 1);
    await bench.append(passing, 0, ['new']);

    await watcher.until('the topic is read when it is back', () =>
      valuesOf(watcher, passing).includes('new'),
    );
    expect(watcher.events).toContain(`revoked ${passing}/0`);
    expect(watcher.events).not.toContain(`revoked ${lasting}/0`);
  });

  it('reads what a foreign producer has compressed', async () => {
    const topic = await bench.topic(1);
    const gzip = 1;
    await (
      await bench.producerFor(topic)
    ).send({ topic, compression: gzip, messages: ['a', 'b'].map((value) => ({ partition: 0, value })) });

    const { watcher } = await reader([topic]);

    await watcher.until('it is read', () => watcher.values(0).length === 2);
    expect(watcher.batches[0]?.records[0]?.key).toBeNull();
  });

  it('reads a batch larger than a fetch may be', async () => {
    const topic = await bench.topic(1);
    await bench.append(topic, 0, ['x'.repeat(60_000), 'y'.repeat(60_000)]);

    const { watcher } = await reader([topic], { maxBytes: 1_000, maxBytesPerPartition: 1_000 });

    await watcher.until('both are read', () => watcher.values(0).length === 2);
  });

  it('writes the hints of many partitions as they were last given', async () => {
    const topic = await bench.topic(8);
    const { source, watcher } = await reader([topic]);
    await watcher.until('all are assigned', () => watcher.assignedNow.size === 8);
    const parts = Array.from({ length: 8 }, (_, part) => ({ topic, part }));

    await Promise.all([1, 2, 3].flatMap((next) => parts.map((at) => source.hint(at, next + at.part))));

    expect(await Promise.all(parts.map((at) => source.hinted(at)))).toEqual(
      parts.map(({ part }) => 3 + part),
    );
  });
});

interface Reader {
  readonly source: EventSource;
  readonly watcher: SourceWatcher;
}

/** A source that begins at the beginning of everything it is assigned. */
async function reader(topics: readonly string[], settings: object = {}): Promise<Reader> {
  const source = bench.source({ group: unusedName('g'), topics, ...settings });
  const watcher = new SourceWatcher();
  resumeAll(source, watcher, 0);
  await source.start(watcher);
  return { source, watcher };
}

function valuesOf(watcher: SourceWatcher, topic: string): readonly (string | undefined)[] {
  return watcher.batches
    .filter((batch) => batch.topic === topic)
    .flatMap(({ records }) => records.map(({ value }) => value?.toString()));
}
