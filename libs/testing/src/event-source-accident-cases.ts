import { expect } from '@jest/globals';
import type { ContractCase } from './contract.js';
import { at, roundTrip, started, watcherOf, type EventSourceBench } from './event-source-bench.js';
import { resumeAll } from './source-watcher.js';

/** What a source says when a topic, or its own inside, comes to grief. */
export const accidents: readonly ContractCase<EventSourceBench>[] = [
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
          if (told.events.filter((event) => event === `assigned ${bench.topic}/0`).length === 1)
            begun.resume(partition);
        };
      });
      await watcher.until('the old topic is read', () => watcher.values(0).length === 2);

      await bench.recreate();
      await bench.append(0, ['x', 'y', 'z']);

      await watcher.until('the doubt is told', () =>
        watcher.events.some(
          (event) => event === `revoked ${bench.topic}/0` || event.startsWith(`lost ${bench.topic}/0`),
        ),
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
      const [assigned, revoked, again] = watcher.events.filter((event) =>
        event.endsWith(`ed ${bench.topic}/0`),
      );
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
