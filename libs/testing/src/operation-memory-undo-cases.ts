import { expect } from '@jest/globals';
import type { ContractCase } from './contract.js';
import {
  acceptance,
  carryOut,
  claimOf,
  door,
  doneWith,
  failure,
  refusal,
  repeatedAnswer,
  ScriptedWork,
  throwIn,
  untilGranted,
  type MemorySubject,
} from './operation-memory-subject.js';

const undo = claimOf('u', { undoes: 'a' });

/** What a memory promises about compensations and late answers. */
export const undoCases: readonly ContractCase<MemorySubject>[] = [
  {
    name: 'shows a compensation what the operation answered',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), doneWith('one'));
      const work = new ScriptedWork(() => doneWith('released'));
      await memory.carryOut([undo], work);

      expect(work.granted[0]?.undone).toMatchObject({
        operation: 'a',
        state: 'done',
        answer: doneWith('one').answer,
      });
      expect(await repeatedAnswer(memory, undo)).toEqual(doneWith('released').answer);
      expect(await carryOut(memory, claimOf('a', { attempt: 9 }))).toMatchObject({
        fresh: false,
        remembered: { state: 'undone' },
      });
    },
  },
  {
    name: 'refuses what was undone before it came',
    run: async ({ memory }) => {
      const work = new ScriptedWork(() => doneWith('nothing to do'));
      await memory.carryOut([undo], work);

      expect(work.granted[0]?.undone).toBeUndefined();
      expect(await carryOut(memory, claimOf('a'))).toMatchObject({
        fresh: false,
        remembered: { state: 'undone' },
      });
      expect(await memory.ask([{ operation: 'a', by: 'q', mayBeForgotten: false }])).toMatchObject([
        { state: 'undone' },
      ]);
      expect((await carryOut(memory, claimOf('a', { attempt: 2 }))).fresh).toBe(false);
    },
  },
  {
    name: 'shows a compensation the operation that is under way',
    run: async ({ memory }) => {
      const { open, opened } = door();
      const forward = new ScriptedWork(async () => {
        await opened;
        return doneWith('one');
      });
      const backward = new ScriptedWork(() => doneWith('released'));

      const first = memory.carryOut([claimOf('a')], forward);
      await untilGranted(forward);
      const second = memory.carryOut([undo], backward);
      open();
      await Promise.all([first, second]);

      expect(backward.granted[0]?.undone).toMatchObject({ state: 'done', answer: doneWith('one').answer });
    },
  },
  {
    name: 'refuses an operation that meets its compensation under way',
    run: async ({ memory }) => {
      const { open, opened } = door();
      const backward = new ScriptedWork(async () => {
        await opened;
        return doneWith('nothing to do');
      });
      const forward = new ScriptedWork(() => doneWith('one'));

      const first = memory.carryOut([undo], backward);
      await untilGranted(backward);
      const second = memory.carryOut([claimOf('a')], forward);
      open();
      await Promise.all([first, second]);

      expect(forward.granted).toEqual([]);
      expect((await second)[0]).toMatchObject({ fresh: false, remembered: { state: 'undone' } });
    },
  },
  {
    name: 'leaves an operation as it was when its compensation had no effect',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), doneWith('one'));
      await throwIn(memory, undo);
      await carryOut(memory, claimOf('refused', { undoes: 'a' }), refusal);
      await carryOut(memory, claimOf('never', { undoes: 'b' }), failure);

      expect(await repeatedAnswer(memory, claimOf('a'))).toEqual(doneWith('one').answer);
      expect((await carryOut(memory, claimOf('b'))).fresh).toBe(true);
      const again = new ScriptedWork(() => doneWith('released'));
      await memory.carryOut([{ ...undo, attempt: 2 }], again);
      expect(again.granted[0]?.undone).toMatchObject({ state: 'done' });
    },
  },
  {
    name: 'tells a second compensation that the first has undone it',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'));
      await carryOut(memory, undo);
      const second = new ScriptedWork(() => doneWith('already'));
      await memory.carryOut([claimOf('u2', { undoes: 'a' })], second);

      expect(second.granted[0]?.undone?.state).toBe('undone');
      expect(second.granted[0]?.undone?.isBeingUndone ?? false).toBe(false);
    },
  },
  {
    name: 'settles an accepted operation later',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), acceptance);
      expect(await repeatedAnswer(memory, claimOf('a'))).toEqual(acceptance.answer);

      const completion = await memory.complete('a', () => Promise.resolve(doneWith('late')));

      expect(completion).toEqual({
        kind: 'completed',
        origin: claimOf('a').origin,
        answer: doneWith('late').answer,
      });
      expect(await repeatedAnswer(memory, claimOf('a'))).toEqual(doneWith('late').answer);
    },
  },
  {
    name: 'settles nothing that is not accepted',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), doneWith('one'));

      expect(await memory.complete('a', () => Promise.resolve(doneWith('two')))).toMatchObject({
        kind: 'not-open',
        remembered: { state: 'done', answer: doneWith('one').answer },
      });
      expect(await memory.complete('never', () => Promise.resolve(doneWith('two')))).toEqual({
        kind: 'not-open',
      });
    },
  },
  {
    name: 'leaves an accepted operation open when its late answer throws',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), acceptance);

      await expect(memory.complete('a', () => Promise.reject(new Error('thrown')))).rejects.toThrow('thrown');
      expect((await memory.complete('a', () => Promise.resolve(doneWith('late')))).kind).toBe('completed');
    },
  },
  {
    name: 'keeps an accepted operation from being answered once it is undone',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), acceptance);
      const work = new ScriptedWork(() => doneWith('stopped'));
      await memory.carryOut([undo], work);

      expect(work.granted[0]?.undone?.state).toBe('running');
      expect(await memory.complete('a', () => Promise.resolve(doneWith('late')))).toMatchObject({
        kind: 'not-open',
        remembered: { state: 'undone' },
      });
    },
  },
  {
    name: 'gives an operation back when its accepted compensation is refused',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), doneWith('one'));
      await carryOut(memory, undo, acceptance);
      const other = new ScriptedWork(() => failure);
      await memory.carryOut([claimOf('u2', { undoes: 'a' })], other);

      expect(other.granted[0]?.undone).toMatchObject({ state: 'undone', isBeingUndone: true });
      expect((await carryOut(memory, claimOf('a'))).remembered).toMatchObject({ state: 'undone' });
      await memory.complete('u', () => Promise.resolve(refusal));
      expect(await repeatedAnswer(memory, claimOf('a'))).toEqual(doneWith('one').answer);
    },
  },
  {
    name: 'keeps an operation undone when its accepted compensation succeeds',
    run: async ({ memory }) => {
      await carryOut(memory, undo, acceptance);
      await memory.complete('u', () => Promise.resolve(doneWith('released')));

      const { remembered, fresh } = await carryOut(memory, claimOf('a'));
      expect(fresh).toBe(false);
      expect(remembered.state).toBe('undone');
      expect(remembered.isBeingUndone ?? false).toBe(false);
    },
  },
];
