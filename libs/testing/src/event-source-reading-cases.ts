import { expect } from '@jest/globals';
import type { ContractCase } from './contract.js';
import { at, roundTrip, started, type EventSourceBench } from './event-source-bench.js';
import { resumeAll } from './source-watcher.js';

/** Where a source begins and what it delivers. */
export const reading: readonly ContractCase<EventSourceBench>[] = [
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
      await watcher.until('progress is told', () =>
        watcher.events.some((event) => event.startsWith(`progress ${bench.topic}/0 1`)),
      );
      await bench.append(0, ['b']);

      await watcher.until('what follows is read', () => watcher.values(0).length === 2);
      const steps = watcher.events
        .filter((event) => /^(batch|progress) /.test(event))
        .map((event) => event.split(' '));
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

      await watcher.until(
        'the second round is read',
        () => watcher.values(0).join('').endsWith('ab') && watcher.batches.length > 1,
      );

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

/** What a source knows about positions. */
export const positions: readonly ContractCase<EventSourceBench>[] = [
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
