import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { KafkaCommandSink } from '#libs/kafka';
import type { OutgoingRecord, PublishOutcome } from '#libs/messaging';
import { resumeAll, SourceWatcher } from '#libs/testing';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';
import { unusedName, Workbench } from './kafka-benches.js';

/**
 * The first of the replicas becomes leader within a second, so a leader can be moved by putting replicas in order; and
 * what is dead is noticed soon.
 */
const eager = {
  'leader.imbalance.check.interval.seconds': '1',
  'leader.imbalance.per.broker.percentage': '0',
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'replica.lag.time.max.ms': '3000',
};

jest.setTimeout(60_000);

let stack: LocalStack;
let bench: Workbench;

beforeAll(async () => {
  stack = await startLocalStack({ name: 'kafka-cluster', brokers: 3, fresh: true, brokerProperties: eager });
  bench = new Workbench(stack.kafkaBrokers);
  await bench.open();
}, 180_000);

afterEach(() => bench.tidy());

afterAll(async () => {
  await bench?.close();
  await stack?.stop();
});

describe('a sink of three brokers', () => {
  it('loses no acknowledged record while leaders move', async () => {
    const topic = await bench.topic(3, { 'min.insync.replicas': '2' }, 3);
    const stream = new Stream(await startedSink(), topic, 3);
    const running = stream.run();

    for (const turn of [1, 2, 3]) await moveLeaders(topic, turn);
    await stream.stop(running);

    await stream.check();
  });

  it('loses no acknowledged record when a frozen leader thaws', async () => {
    const topic = await bench.topic(3, { 'min.insync.replicas': '2' }, 3);
    const stream = new Stream(await startedSink(), topic, 3);
    const running = stream.run();
    await stream.until(300);

    await stack.broker(1).freeze();
    try {
      await stream.until(stream.acknowledged + 60);
    } finally {
      await stack.broker(1).thaw();
    }
    await stream.until(stream.acknowledged + 300);
    await stream.stop(running);

    await stream.check();
  });

  it('says unsent where replicas are missing and acknowledges the rest', async () => {
    const strict = await bench.topic(1, { 'min.insync.replicas': '3' }, 3);
    const lenient = await bench.topic(1, { 'min.insync.replicas': '2' }, 3);
    const sink = bench.sink({ giveUpAfterMs: 2_000 });
    await sink.start();
    await sink.publish([record(strict, 0, 'before'), record(lenient, 0, 'before')]);
    await stack.broker(2).kill();

    const outcomes = await untilRefused(sink, strict, lenient);
    await stack.broker(2).start();

    expect(outcomes.map(({ kind }) => kind)).toEqual(['unsent', 'acknowledged']);
  });
});

describe('sink and source of three brokers', () => {
  it('lose nothing when the broker dies that leads and coordinates', async () => {
    const topic = await bench.topic(3, { 'min.insync.replicas': '2' }, 3);
    const stream = new Stream(await startedSink(), topic, 3);
    const source = bench.source({ group: unusedName('g'), topics: [topic] });
    const watcher = new SourceWatcher({ patienceMs: 40_000 });
    resumeAll(source, watcher, 0);
    await source.start(watcher);
    const running = stream.run();
    await stream.until(300);

    const coordinator = await leaderOf('__consumer_offsets');
    await stack.broker(coordinator - 1).kill();
    await stream.until(stream.acknowledged + 150);
    await stack.broker(coordinator - 1).start();
    await stream.stop(running);

    await stream.check();
    const all = new Set(stream.sent);
    await watcher.until('all is read', () => {
      for (const value of watcher.batches.splice(0).flatMap(({ records }) => records))
        all.delete(value.value!.toString());
      return all.size === 0;
    });
    expect(watcher.fatalError).toBeUndefined();
  });
});

/** Publishes without a pause and repeats what was not sent, as a lane does: in order, partition by partition. */
class Stream {
  readonly sent: string[] = [];
  acknowledged = 0;
  private goesOn = true;
  private waiting: { readonly count: number; readonly go: () => void } | undefined;

  constructor(
    private readonly sink: KafkaCommandSink,
    private readonly topic: string,
    private readonly partitions: number,
  ) {}

  async run(): Promise<void> {
    for (let round = 0; this.goesOn; round += 1) {
      const records = Array.from({ length: 30 }, (_, index) =>
        record(this.topic, index % this.partitions, `${round * 30 + index}`),
      );
      this.sent.push(...records.map(({ value }) => value!));
      await this.publish(records);
      if (this.waiting !== undefined && this.acknowledged >= this.waiting.count) this.waiting.go();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Resolves when so many records have been acknowledged. */
  until(count: number): Promise<void> {
    return new Promise((go) => {
      this.waiting = { count, go };
    });
  }

  async stop(running: Promise<void>): Promise<void> {
    this.goesOn = false;
    await running;
  }

  /** Every record is stored, and the first appearances of a partition's records are in order. */
  async check(): Promise<void> {
    for (let part = 0; part < this.partitions; part += 1) {
      const stored = await bench.storedQuickly(this.topic, part);
      expect([...new Set(stored)]).toEqual(
        this.sent.filter((value) => Number(value) % this.partitions === part),
      );
    }
  }

  private async publish(records: readonly OutgoingRecord[]): Promise<void> {
    for (let left = records; left.length > 0;) {
      const outcomes = await this.sink.publish(left);
      expect(outcomes.filter(({ kind }) => kind === 'refused')).toEqual([]);
      this.acknowledged += outcomes.filter(({ kind }) => kind === 'acknowledged').length;
      left = left.filter((_, index) => outcomes[index]!.kind === 'unsent');
      if (left.length > 0) await pause();
      if (left.length > 0 && !this.goesOn)
        throw new Error(`unsent at the end: ${JSON.stringify(outcomes.at(-1))}`);
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

async function startedSink(): Promise<KafkaCommandSink> {
  const sink = bench.sink();
  await sink.start();
  return sink;
}

function record(topic: string, part: number, value: string): OutgoingRecord {
  return { topic, part, key: 'k', value, headers: {} };
}

/** Makes another broker the leader of every partition, a different one each time. */
async function moveLeaders(topic: string, turn: number): Promise<void> {
  const { topics } = await bench.admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]!.partitions;
  const nodes = partitions[0]!.replicas.toSorted((one, other) => one - other);
  const orderOf = (partition: number): number[] =>
    nodes.map((_, index) => nodes[(index + partition + turn) % nodes.length]!);
  const partitionAssignment = partitions.map(({ partitionId }) => ({
    partition: partitionId,
    replicas: orderOf(partitionId),
  }));
  await bench.admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
  await untilLayout(topic, ({ partitionId, leader }) => leader === orderOf(partitionId)[0]);
}

/** Node that leads the first partition; nodes are numbered from 1. */
async function leaderOf(topic: string): Promise<number> {
  const { topics } = await bench.admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]!.partitions[0]!.leader;
}

interface Layout {
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

async function untilLayout(topic: string, holds: (partition: Layout) => boolean): Promise<void> {
  const until = performance.now() + 20_000;
  let last: string | undefined;
  while (performance.now() < until) {
    const found = await bench.admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
    if (found?.topics[0]?.partitions.every(holds) === true) return;
    last = JSON.stringify(found?.topics[0]?.partitions);
    await pause();
  }
  throw new Error(`the partitions of ${topic} did not get there in time: ${last}`);
}

/** Until the cluster has noticed the dead replica, writes wait or succeed everywhere, or go to a leader that is gone. */
async function untilRefused(
  sink: KafkaCommandSink,
  strict: string,
  lenient: string,
): Promise<readonly PublishOutcome[]> {
  for (let attempt = 0; ; attempt += 1) {
    const outcomes = await sink.publish([record(strict, 0, `${attempt}`), record(lenient, 0, `${attempt}`)]);
    const isNoticed = outcomes[0]!.kind === 'unsent' && outcomes[1]!.kind === 'acknowledged';
    if (isNoticed || attempt === 10) return outcomes;
  }
}
