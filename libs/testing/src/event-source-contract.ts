import { expect } from '@jest/globals';
import { defineContract, type Contract, type ContractCase } from './contract.js';
import { accidents } from './event-source-accident-cases.js';
import { at, started, watcherOf, type EventSourceBench } from './event-source-bench.js';
import { positions, reading } from './event-source-reading-cases.js';
import { resumeAll } from './source-watcher.js';

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
      await first.watcher.until(
        'the first reads what it kept',
        () => first.watcher.values(1 - part).length === 1,
      );
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
