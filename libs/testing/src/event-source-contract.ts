import { expect } from '@jest/globals';
import type { EventSource, TopicPartition } from '#libs/messaging';
import { defineContract, type Contract, type ContractCase } from './contract.js';
import { resumeAll, SourceWatcher } from './source-watcher.js';

/** A topic with two empty partitions, and hands to do to it what happens to topics. */
export interface EventSourceBench {
  readonly topic: string;
  /** How long a case waits for something to be told. Default 20,000 ms. */
  readonly patienceMs?: number;
  /** A new source, not started, that reads the topic as a member of the bench's group. The bench stops it. */
  source(): EventSource;
  append(part: number, values: readonly string[]): Promise<void>;
  /** Takes up offsets that no reader sees. */
  appendHidden(part: number): Promise<void>;
  /** Throws away what lies before `offset`. */
  truncateBefore(part: number, offset: number): Promise<void>;
  /** Deletes the topic and makes it again, empty. */
  recreate(): Promise<void>;
  /** Lets the inside of the source die once. */
  die(source: EventSource): void;
  /** Lets the inside of the source die, and every one that is made after it. */
  ruin(source: EventSource): void;
}

type Case = ContractCase<EventSourceBench>;

const joining: readonly Case[] = [
  {
    name: 'is told its partitions once the group is joined',
    run: async (bench) => {
      const watcher = watcherOf(bench);

      await bench.source().start(watcher);

      await watcher.until('both partitions are assigned', () => watcher.assignedNow.size === 2);
    },
  },
  {
    name: 'delivers nothing of a partition before it is resumed',
    run: async (bench) => {
      await bench.append(0, ['early']);
      await bench.append(1, ['seen']);
      const { source, watcher } = await started(bench, () => undefined);

      source.resume(at(bench, 1));

      await watcher.until('the other partition arrives', () => watcher.values(1).includes('seen'));
      expect(watcher.values(0)).toEqual([]);
      source.resume(at(bench, 0));
      await watcher.until('the resumed one arrives', () => watcher.values(0).includes('early'));
    },
  },
  {
    name: 'gives a joining member its share and delivers no more of what it gave',
    run: async (bench) => {
      const first = await started(bench, resumeAll);
      const second = await started(bench, resumeAll);
      await second.watcher.until('the second has a share', () => second.watcher.assignedNow.size === 1);
      await first.watcher.until('the first has given one', () => first.watcher.assignedNow.size === 1);

      await bench.append(0, ['a']);
      await bench.append(1, ['b']);

      const [moved] = second.watcher.assignedNow;
      const part = Number(moved!.slice(-1));
      await second.watcher.until('the new owner reads', () => second.watcher.values(part).length === 1);
      await first.watcher.until('the first reads what it kept', () => first.watcher.values(1 - part).length === 1);
      expect(first.watcher.values(part)).toEqual([]);
      expect(first.watcher.events).toContain(`revoked ${moved}`);
      expect([...first.watcher.assignedNow]).not.toContain(moved);
    },
  },
  {
    name: 'takes back the partitions of a member that leaves',
    run: async (bench) => {
      const first = await started(bench, resumeAll);
      const second = await started(bench, resumeAll);
      await second.watcher.until('the second has a share', () => second.watcher.assignedNow.size === 1);

      await second.source.stop();

      await first.watcher.until('the first has both', () => first.watcher.assignedNow.size === 2);
    },
  },
];

const reading: readonly Case[] = [
  {
    name: 'begins at the beginning when nothing was sought or committed',
    run: async (bench) => {
      await bench.append(0, ['a', 'b']);
      const { watcher } = await started(bench, resumeAll);

      await watcher.until('all is read', () => watcher.values(0).length === 2);

      expect(watcher.batches[0]).toMatchObject({ from: 0 });
      expect(watcher.values(0)).toEqual(['a', 'b']);
    },
  },
  {
    name: 'begins where the reader has sought',
    run: async (bench) => {
      await bench.append(0, ['a', 'b', 'c']);
      const { watcher } = await started(bench, (source, told) => resumeAll(source, told, 2));

      await watcher.until('the last is read', () => watcher.values(0).length === 1);

      expect(watcher.batches[0]).toMatchObject({ from: 2, next: 3 });
      expect(watcher.values(0)).toEqual(['c']);
    },
  },
  {
    name: 'gives records as they were written',
    run: async (bench) => {
      await bench.append(1, ['a', 'b']);
      const { watcher } = await started(bench, resumeAll);

      await watcher.until('both are read', () => watcher.values(1).length === 2);

      const records = watcher.batches.flatMap((batch) => batch.records);
      expect(records.map(({ topic, part, offset }) => ({ topic, part, offset }))).toEqual([
        { topic: bench.topic, part: 1, offset: 0 },
        { topic: bench.topic, part: 1, offset: 1 },
      ]);
      expect(records.map(({ key }) => key?.toString())).toEqual(['key of a', 'key of b']);
      expect(records[1]?.headers['note']?.toString()).toBe('note of b');
      expect(records[0]!.timestamp).toBeGreaterThan(1_600_000_000_000);
    },
  },
  {
    name: 'delivers batch behind batch without a hole',
    run: async (bench) => {
      const { watcher } = await started(bench, resumeAll);
      const values = Array.from({ length: 40 }, (_, index) => `v${index}`);

      for (const value of values) await bench.append(0, [value]);

      await watcher.until('all is read', () => watcher.values(0).length === values.length);
      expect(watcher.values(0)).toEqual(values);
      watcher.batches.reduce((last, batch) => {
        expect(batch.from).toBe(last);
        return batch.next;
      }, 0);
    },
  },
  {
    name: 'tells how many records are still to come',
    run: async (bench) => {
      await bench.append(0, ['a', 'b', 'c']);
      const { watcher } = await started(bench, resumeAll);

      await watcher.until('all is read', () => watcher.values(0).length === 3);

      expect(watcher.batches.every((batch) => batch.end === 3 && batch.next <= batch.end)).toBe(true);
    },
  },
  {
    name: 'tells progress over records nobody sees',
    run: async (bench) => {
      await bench.append(0, ['a']);
      const { watcher } = await started(bench, resumeAll);
      await watcher.until('the first is read', () => watcher.values(0).length === 1);

      await bench.appendHidden(0);
      await watcher.until('progress is told', () => watcher.events.some((event) => event.startsWith(`progress ${bench.topic}/0 1`)));
      await bench.append(0, ['b']);

      await watcher.until('what follows is read', () => watcher.values(0).length === 2);
      const steps = watcher.events.filter((event) => /^(batch|progress) /.test(event)).map((event) => event.split(' '));
      steps.reduce((last, step) => {
        expect(step[2]).toBe(last);
        return step[3]!;
      }, '0');
    },
  },
  {
    name: 'drops what was fetched before a seek',
    run: async (bench) => {
      await bench.append(0, ['a', 'b', 'c']);
      const { source, watcher } = await started(bench, resumeAll);
      await watcher.until('all is read', () => watcher.values(0).length === 3);
      watcher.onBatch = () => undefined;

      source.seek(at(bench, 0), 1);

      await watcher.until('it is read again', () => watcher.values(0).length === 5);
      expect(watcher.values(0).slice(3)).toEqual(['b', 'c']);
      expect(watcher.batches.find((batch) => batch.from === 1)).toBeDefined();
    },
  },
  {
    name: 'follows a seek made while a batch is being handed over',
    run: async (bench) => {
      await bench.append(0, ['a', 'b']);
      let again = true;
      const { watcher } = await started(bench, (source, told) => {
        resumeAll(source, told);
        told.onBatch = (batch) => {
          if (again && batch.part === 0) source.seek(batch, 0);
          again &&= batch.part !== 0;
        };
      });

      await watcher.until('the second round is read', () => watcher.values(0).join('').endsWith('ab') && watcher.batches.length > 1);

      expect(watcher.batches.filter((batch) => batch.from === 0).length).toBe(2);
    },
  },
  {
    name: 'delivers nothing while paused and goes on without a hole',
    run: async (bench) => {
      const { source, watcher } = await started(bench, resumeAll);
      await bench.append(0, ['a']);
      await watcher.until('it reads', () => watcher.values(0).length === 1);

      source.pause(at(bench, 0));
      await roundTrip(bench, watcher, 'first');
      await bench.append(0, ['b']);
      await roundTrip(bench, watcher, 'second');

      expect(watcher.values(0)).toEqual(['a']);
      source.resume(at(bench, 0));
      await watcher.until('it goes on', () => watcher.values(0).length === 2);
      expect(watcher.values(0)).toEqual(['a', 'b']);
    },
  },
];

const positions: readonly Case[] = [
  {
    name: 'commits nothing by itself',
    run: async (bench) => {
      await bench.append(0, ['a']);
      const { source, watcher } = await started(bench, resumeAll);
      await watcher.until('it is read', () => watcher.values(0).length === 1);
      await source.stop();

      const next = await started(bench, resumeAll);

      expect(await next.source.hinted(at(bench, 0))).toBeUndefined();
    },
  },
  {
    name: 'begins at the committed offset when nothing was sought',
    run: async (bench) => {
      await bench.append(0, ['a', 'b', 'c']);
      const { source } = await started(bench, () => undefined);
      await source.hint(at(bench, 0), 1);
      await source.hint(at(bench, 0), 2);
      expect(await source.hinted(at(bench, 0))).toBe(2);
      await source.stop();

      const { watcher } = await started(bench, resumeAll);

      await watcher.until('the rest is read', () => watcher.values(0).length === 1);
      expect(watcher.values(0)).toEqual(['c']);
    },
  },
  {
    name: 'refuses to commit for a partition that is not its own',
    run: async (bench) => {
      const { source } = await started(bench, () => undefined);
      await source.hint(at(bench, 0), 0);
      await source.stop();

      await expect(source.hint(at(bench, 0), 0)).rejects.toThrow('not assigned');
    },
  },
  {
    name: 'tells the edges of a partition',
    run: async (bench) => {
      await bench.append(0, ['a', 'b', 'c']);
      const { source } = await started(bench, () => undefined);

      expect(await source.edges(at(bench, 0))).toEqual({ start: 0, end: 3 });
      await bench.truncateBefore(0, 2);

      expect(await source.edges(at(bench, 0))).toEqual({ start: 2, end: 3 });
      expect(await source.edges(at(bench, 1))).toEqual({ start: 0, end: 0 });
    },
  },
  {
    name: 'peeks at a record without moving',
    run: async (bench) => {
      await bench.append(0, ['a', 'b']);
      await bench.appendHidden(0);
      await bench.append(0, ['c']);
      await bench.truncateBefore(0, 1);
      const { source, watcher } = await started(bench, () => undefined);
      const { end } = await source.edges(at(bench, 0));

      const peeked = await Promise.all([0, 1, 2, end].map((offset) => source.peek(at(bench, 0), offset)));

      expect(peeked.map((record) => record?.value?.toString())).toEqual(['b', 'b', 'c', undefined]);
      source.seek(at(bench, 0), 1);
      source.resume(at(bench, 0));
      await watcher.until('reading begins where it was', () => watcher.values(0).length === 2);
      expect(watcher.values(0)).toEqual(['b', 'c']);
    },
  },
];

const accidents: readonly Case[] = [
  {
    name: 'says lost when retention has passed the position',
    run: async (bench) => {
      await bench.append(0, ['a', 'b', 'c']);
      await bench.truncateBefore(0, 2);
      const { source, watcher } = await started(bench, (begun, told) => resumeAll(begun, told, 0));
      await watcher.until('the loss is told', () => watcher.events.includes(`lost ${bench.topic}/0 0`));
      await roundTrip(bench, watcher, 'fence');
      expect(watcher.values(0)).toEqual([]);

      source.seek(at(bench, 0), 2);
      source.resume(at(bench, 0));

      await watcher.until('reading goes on', () => watcher.values(0).length === 1);
      expect(watcher.values(0)).toEqual(['c']);
    },
  },
  {
    name: 'says lost when the log ends before the position',
    run: async (bench) => {
      await bench.append(0, ['a']);
      const { watcher } = await started(bench, (source, told) => {
        told.onAssigned = (partition) => {
          source.seek(partition, partition.part === 0 ? 5 : 0);
          source.resume(partition);
        };
      });

      await watcher.until('the loss is told', () => watcher.events.includes(`lost ${bench.topic}/0 5`));

      await roundTrip(bench, watcher, 'fence');
      expect(watcher.values(0)).toEqual([]);
    },
  },
  {
    name: 'assigns a lost partition anew where nobody listens for the loss',
    run: async (bench) => {
      await bench.append(0, ['a']);
      const watcher = watcherOf(bench, false);
      const source = bench.source();
      let first = true;
      watcher.onAssigned = (partition) => {
        if (partition.part === 0 && first) source.seek(partition, 5);
        first &&= partition.part !== 0;
        source.resume(partition);
      };

      await source.start(watcher);

      await watcher.until('it is read from the beginning', () => watcher.values(0).length === 1);
      expect(watcher.events.filter((event) => event === `assigned ${bench.topic}/0`)).toHaveLength(2);
      expect(watcher.events).toContain(`revoked ${bench.topic}/0`);
    },
  },
  {
    name: 'delivers nothing of a recreated topic before the reader has said where to begin',
    run: async (bench) => {
      await bench.append(0, ['a', 'b']);
      const { source, watcher } = await started(bench, (begun, told) => {
        told.onAssigned = (partition) => {
          if (told.events.filter((event) => event === `assigned ${bench.topic}/0`).length === 1) begun.resume(partition);
        };
      });
      await watcher.until('the old topic is read', () => watcher.values(0).length === 2);

      await bench.recreate();
      await bench.append(0, ['x', 'y', 'z']);

      await watcher.until('the doubt is told', () =>
        watcher.events.some((event) => event === `revoked ${bench.topic}/0` || event.startsWith(`lost ${bench.topic}/0`)),
      );
      await watcher.until('it is ours', () => watcher.assignedNow.has(`${bench.topic}/0`));
      expect(watcher.values(0)).toEqual(['a', 'b']);
      source.seek(at(bench, 0), 0);
      source.resume(at(bench, 0));
      await watcher.until('the new topic is read', () => watcher.values(0).length === 5);
      expect(watcher.values(0).slice(2)).toEqual(['x', 'y', 'z']);
    },
  },
  {
    name: 'revokes and assigns anew when its inside dies',
    run: async (bench) => {
      await bench.append(0, ['a']);
      const { source, watcher } = await started(bench, (begun, told) => resumeAll(begun, told, 0));
      await watcher.until('it reads', () => watcher.values(0).length === 1);

      bench.die(source);

      await watcher.until('it reads anew', () => watcher.values(0).length === 2);
      const [assigned, revoked, again] = watcher.events.filter((event) => event.endsWith(`ed ${bench.topic}/0`));
      expect([assigned, revoked, again]).toEqual([
        `assigned ${bench.topic}/0`,
        `revoked ${bench.topic}/0`,
        `assigned ${bench.topic}/0`,
      ]);
      expect(watcher.fatalError).toBeUndefined();
    },
  },
  {
    name: 'says fatal when it cannot be rebuilt',
    run: async (bench) => {
      const { source, watcher } = await started(bench, resumeAll);

      bench.ruin(source);

      await watcher.until('the end is told', () => watcher.fatalError !== undefined);
      expect(watcher.assignedNow.size).toBe(0);
    },
  },
];

const ending: readonly Case[] = [
  {
    name: 'revokes when it stops and delivers nothing behind that',
    run: async (bench) => {
      const { source, watcher } = await started(bench, resumeAll);
      await bench.append(0, ['a']);
      await watcher.until('it reads', () => watcher.values(0).length === 1);

      const stopped = source.stop();
      await bench.append(0, ['b']);
      await stopped;

      expect(watcher.assignedNow.size).toBe(0);
      const lastRevoked = watcher.events.findLastIndex((event) => event.startsWith('revoked'));
      expect(watcher.events.slice(lastRevoked + 1)).toEqual([]);
      const next = await started(bench, resumeAll);
      await next.watcher.until('another reads on', () => next.watcher.values(0).length === 2);
      expect(watcher.values(0)).toEqual(['a']);
    },
  },
  {
    name: 'stops twice, and before it was started',
    run: async (bench) => {
      const { source } = await started(bench, resumeAll);
      await source.stop();
      await source.stop();

      await bench.source().stop();
    },
  },
];

/** The contract suite of {@link EventSource}. */
export const eventSourceContract: Contract<EventSourceBench> = defineContract('an event source', [
  ...joining,
  ...reading,
  ...positions,
  ...accidents,
  ...ending,
]);

interface Started {
  readonly source: EventSource;
  readonly watcher: SourceWatcher;
}

async function started(bench: EventSourceBench, prepare: (source: EventSource, watcher: SourceWatcher) => void): Promise<Started> {
  const source = bench.source();
  const watcher = watcherOf(bench);
  prepare(source, watcher);
  await source.start(watcher);
  return { source, watcher };
}

function watcherOf({ patienceMs }: EventSourceBench, listensForLost = true): SourceWatcher {
  return new SourceWatcher({ listensForLost, ...(patienceMs === undefined ? {} : { patienceMs }) });
}

function at(bench: EventSourceBench, part: number): TopicPartition {
  return { topic: bench.topic, part };
}

/** What was on its way when this began has arrived when it ends: something later has come through the other partition. */
async function roundTrip(bench: EventSourceBench, watcher: SourceWatcher, value: string): Promise<void> {
  await bench.append(1, [value]);
  await watcher.until(`${value} has come through`, () => watcher.values(1).includes(value));
}
