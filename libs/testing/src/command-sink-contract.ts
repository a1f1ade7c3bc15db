import { expect } from '@jest/globals';
import type { CommandSink, InboundRecord, OutgoingRecord, PublishOutcome } from '#libs/messaging';
import { defineContract, type Contract } from './contract.js';

/** Topics to send to, and what became of it. */
export interface CommandSinkBench {
  /** A new sink, not started. The bench stops it. */
  sink(): CommandSink;
  /** A topic with two empty partitions. */
  readonly topic: string;
  /** A topic with one partition that stores nothing because replicas are missing. */
  readonly blockedTopic: string;
  /** A topic that does not exist. */
  readonly missingTopic: string;
  /** Bytes of a value that {@link topic} does not take. */
  readonly tooLarge: number;
  stored(part: number): Promise<readonly InboundRecord[]>;
}

/** The contract suite of {@link CommandSink}. */
export const commandSinkContract: Contract<CommandSinkBench> = defineContract('a command sink', [
  {
    name: 'stores key, value and headers as given',
    run: async (bench) => {
      const sink = await started(bench);
      const headers = { ce_id: 'c-1', 'saga-step': 'reserve stöck', empty: '' };

      const outcomes = await sink.publish([
        { topic: bench.topic, part: 0, key: 'k', value: '{"ä":1}', headers },
        { topic: bench.topic, part: 0, key: '', value: null, headers: {} },
      ]);

      expect(outcomes.map(({ kind }) => kind)).toEqual(['acknowledged', 'acknowledged']);
      const [first, second] = await bench.stored(0);
      expect([text(first!.key), text(first!.value)]).toEqual(['k', '{"ä":1}']);
      expect(
        Object.fromEntries(Object.entries(first!.headers).map(([name, value]) => [name, value.toString()])),
      ).toEqual(headers);
      expect([text(second!.key), second!.value]).toEqual(['', null]);
    },
  },
  {
    name: 'stores the records of a partition in the order given',
    run: async (bench) => {
      const sink = await started(bench);
      const records = Array.from({ length: 200 }, (_, index) => record(bench, index % 2, `v${index}`));

      await sink.publish(records);

      expect(await values(bench, 0)).toEqual(
        records.filter(({ part }) => part === 0).map(({ value }) => value),
      );
      expect(await values(bench, 1)).toEqual(
        records.filter(({ part }) => part === 1).map(({ value }) => value),
      );
    },
  },
  {
    name: 'carries out calls in the order of the calls',
    run: async (bench) => {
      const sink = await started(bench);
      const calls = Array.from({ length: 60 }, (_, call) => [
        record(bench, 0, `${call} first`),
        record(bench, 0, `${call} second`),
      ]);

      await Promise.all(calls.map((call) => sink.publish(call)));

      expect(await values(bench, 0)).toEqual(calls.flat().map(({ value }) => value));
    },
  },
  {
    name: 'tells the end of the partition with the acknowledgement',
    run: async (bench) => {
      const sink = await started(bench);

      await sink.publish([record(bench, 0, 'a')]);
      const outcomes = await sink.publish([record(bench, 0, 'b'), record(bench, 1, 'c')]);

      expect(outcomes).toEqual([
        { kind: 'acknowledged', end: 2 },
        { kind: 'acknowledged', end: 1 },
      ]);
    },
  },
  {
    name: 'refuses a record that is too large and sends the others',
    run: async (bench) => {
      const sink = await started(bench);
      const parts = ['a', 'b', 'x'.repeat(bench.tooLarge), 'c', 'd'].map((value) => record(bench, 0, value));

      const outcomes = await sink.publish([...parts, record(bench, 1, 'other')]);

      expect(codes(outcomes)).toEqual([
        'acknowledged',
        'acknowledged',
        'too-large',
        'acknowledged',
        'acknowledged',
        'acknowledged',
      ]);
      expect(await values(bench, 0)).toEqual(['a', 'b', 'c', 'd']);
      expect(await values(bench, 1)).toEqual(['other']);
    },
  },
  {
    name: 'refuses records to a topic or partition that does not exist',
    run: async (bench) => {
      const sink = await started(bench);

      const outcomes = await sink.publish([
        { ...record(bench, 0, 'a'), topic: bench.missingTopic },
        record(bench, 0, 'b'),
        record(bench, 7, 'c'),
        record(bench, 1, 'd'),
      ]);

      expect(codes(outcomes)).toEqual(['no-such-topic', 'acknowledged', 'no-such-topic', 'acknowledged']);
      expect(await values(bench, 0)).toEqual(['b']);
    },
  },
  {
    name: 'acknowledges only what the replicas of its own partition confirmed',
    run: async (bench) => {
      const sink = await started(bench);

      const [blocked, fine] = await Promise.all([
        sink.publish([{ ...record(bench, 0, 'a'), topic: bench.blockedTopic }]),
        sink.publish([
          record(bench, 0, 'b'),
          { ...record(bench, 0, 'c'), topic: bench.blockedTopic },
          record(bench, 1, 'd'),
        ]),
      ]);

      expect(codes(blocked)).toEqual(['unsent']);
      expect(codes(fine)).toEqual(['acknowledged', 'unsent', 'acknowledged']);
    },
  },
  {
    name: 'has an outcome for every record of a call made at the wrong time',
    run: async (bench) => {
      const sink = bench.sink();
      const records = [record(bench, 0, 'a'), record(bench, 1, 'b')];

      const before = await sink.publish(records);
      await sink.start();
      expect(await sink.publish([])).toEqual([]);
      await sink.stop();
      const after = await sink.publish(records);

      expect(codes(before)).toEqual(['unsent', 'unsent']);
      expect(codes(after)).toEqual(['unsent', 'unsent']);
      expect(await values(bench, 0)).toEqual([]);
    },
  },
  {
    name: 'lets the calls under way end before it stops',
    run: async (bench) => {
      const sink = await started(bench);

      const calls = [1, 2, 3].map((call) => sink.publish([record(bench, 0, `v${call}`)]));
      await sink.stop();

      expect((await Promise.all(calls)).flatMap(codes)).toEqual([
        'acknowledged',
        'acknowledged',
        'acknowledged',
      ]);
      expect(await values(bench, 0)).toEqual(['v1', 'v2', 'v3']);
    },
  },
  {
    name: 'stops twice, and before it was started',
    run: async (bench) => {
      const sink = await started(bench);
      await sink.stop();
      await sink.stop();

      await bench.sink().stop();
    },
  },
  {
    name: 'tells how many partitions a topic has, and remembers it',
    run: async (bench) => {
      const sink = await started(bench);
      expect(sink.knownPartitions(bench.topic)).toBeUndefined();

      expect(await sink.partitions(bench.topic)).toBe(2);

      expect(sink.knownPartitions(bench.topic)).toBe(2);
      expect(await sink.partitions(bench.missingTopic)).toBeUndefined();
      expect(sink.knownPartitions(bench.missingTopic)).toBeUndefined();
    },
  },
]);

async function started(bench: CommandSinkBench): Promise<CommandSink> {
  const sink = bench.sink();
  await sink.start();
  return sink;
}

function record(bench: CommandSinkBench, part: number, value: string): OutgoingRecord {
  return {
    topic: bench.topic,
    part,
    key: `key of ${value.slice(0, 20)}`,
    value,
    headers: { note: `note of ${value.slice(0, 20)}` },
  };
}

async function values(bench: CommandSinkBench, part: number): Promise<readonly (string | undefined)[]> {
  return (await bench.stored(part)).map(({ value }) => text(value));
}

function codes(outcomes: readonly PublishOutcome[]): readonly string[] {
  return outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.code : outcome.kind));
}

function text(bytes: Buffer | null): string | undefined {
  return bytes?.toString();
}
