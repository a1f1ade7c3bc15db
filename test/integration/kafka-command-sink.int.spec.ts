import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { commandSinkContract } from '#libs/testing';
import type { OutgoingRecord } from '#libs/messaging';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';
import { unusedName, Workbench } from './kafka-benches.js';

jest.setTimeout(60_000);

let stack: LocalStack;
let bench: Workbench;

beforeAll(async () => {
  stack = await startLocalStack({ name: 'kafka-command-sink' });
  bench = new Workbench(stack.kafkaBrokers);
  await bench.open();
}, 120_000);

afterEach(() => bench.tidy());

afterAll(async () => {
  await bench?.close();
  await stack?.stop();
});

commandSinkContract('KafkaCommandSink', () => bench.sinkBench()());

describe('a Kafka sink', () => {
  it('sends more than a request may hold', async () => {
    const topic = await bench.topic(3);
    const sink = bench.sink({ maxPartitionBytes: 50_000, maxRequestBytes: 60_000 });
    await sink.start();
    const records = Array.from({ length: 900 }, (_, index) =>
      record(topic, index % 3, `${index} ${'x'.repeat(500)}`),
    );

    const outcomes = await sink.publish(records);

    expect(outcomes.every(({ kind }) => kind === 'acknowledged')).toBe(true);
    const ends = (await bench.admin.fetchTopicOffsets(topic)).map(({ high }) => high);
    expect(ends).toEqual(['300', '300', '300']);
  });

  it('finds the refused ones among many', async () => {
    const topic = await bench.topic(1, { 'max.message.bytes': '2000' });
    const sink = bench.sink();
    await sink.start();
    const large = new Set([3, 17, 18, 63]);
    const records = Array.from({ length: 64 }, (_, index) =>
      record(topic, 0, large.has(index) ? 'x'.repeat(3_000) : `v${index}`),
    );

    const outcomes = await sink.publish(records);

    expect(outcomes.flatMap(({ kind }, index) => (kind === 'refused' ? [index] : []))).toEqual([...large]);
    expect((await bench.stored(topic, 0)).map(({ value }) => value?.toString())).toEqual(
      records.flatMap(({ value }, index) => (large.has(index) ? [] : [value])),
    );
  });

  it('sends to a topic that is made a moment later', async () => {
    const topic = unusedName('later');
    const sink = bench.sink({ missingTopicAfterMs: 10_000 });
    await sink.start();

    const published = sink.publish([record(topic, 0, 'a')]);
    await bench.createTopic(topic, 1);

    expect(await published).toEqual([{ kind: 'acknowledged', end: 1 }]);
  });

  it('goes on under a new number when a topic is recreated', async () => {
    const topic = await bench.topic(1);
    const sink = bench.sink();
    await sink.start();
    await sink.publish([record(topic, 0, 'old 1'), record(topic, 0, 'old 2')]);

    await bench.recreate(topic, 1);
    const outcomes = await sink.publish([record(topic, 0, 'new')]);

    expect(outcomes).toEqual([{ kind: 'acknowledged', end: 1 }]);
    expect((await bench.stored(topic, 0)).map(({ value }) => value?.toString())).toEqual(['new']);
  });
});

function record(topic: string, part: number, value: string): OutgoingRecord {
  return { topic, part, key: 'k', value, headers: { h: 'v' } };
}
