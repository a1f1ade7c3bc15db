import { expect } from '@jest/globals';
import type { ContractCase } from './contract.js';
import {
  acceptance,
  carryOut,
  claimOf,
  doneAtCost,
  door,
  doneWith,
  failure,
  failureForGood,
  refusal,
  repeatedAnswer,
  ScriptedWork,
  throwIn,
  untilGranted,
  type MemorySubject,
} from './operation-memory-subject.js';

/** What a memory promises about commands and questions. */
export const claimCases: readonly ContractCase<MemorySubject>[] = [
  {
    name: 'grants what it does not know',
    run: async ({ memory }) => {
      const { remembered, fresh } = await carryOut(memory, claimOf('a'), doneWith('one'));

      expect(fresh).toBe(true);
      expect(remembered).toMatchObject({ operation: 'a', attempt: 1, state: 'done' });
    },
  },
  {
    name: 'answers a done operation from memory, whatever the attempt',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a', { attempt: 2 }), doneWith('one'));

      for (const attempt of [1, 2, 3]) {
        expect(await repeatedAnswer(memory, claimOf('a', { attempt }))).toEqual(doneWith('one').answer);
      }
    },
  },
  {
    name: 'answers a rejected operation from memory, whatever the attempt',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), refusal);

      expect(await repeatedAnswer(memory, claimOf('a', { attempt: 2 }))).toEqual(refusal.answer);
    },
  },
  {
    name: 'opens a failed operation to a higher attempt only',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a', { attempt: 2 }), failure);

      expect(await repeatedAnswer(memory, claimOf('a', { attempt: 1 }))).toEqual(failure.answer);
      expect(await repeatedAnswer(memory, claimOf('a', { attempt: 2 }))).toEqual(failure.answer);
      expect(await carryOut(memory, claimOf('a', { attempt: 3 }))).toMatchObject({ fresh: true });
      expect(await carryOut(memory, claimOf('a', { attempt: 4 }))).toMatchObject({ fresh: false });
    },
  },
  {
    name: 'remembers that a failure would come again',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), failureForGood);

      expect(await repeatedAnswer(memory, claimOf('a'))).toEqual(failureForGood.answer);
    },
  },
  {
    name: 'remembers what was used up',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), doneAtCost);

      expect(await repeatedAnswer(memory, claimOf('a'))).toEqual(doneAtCost.answer);
    },
  },
  {
    name: 'opens an operation that came too late to a higher attempt only',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), {
        state: 'fenced',
        answer: { outcome: 'failed', error: 'too-late', value: 'null' },
      });

      expect(await repeatedAnswer(memory, claimOf('a'))).toMatchObject({ error: 'too-late' });
      expect(await carryOut(memory, claimOf('a', { attempt: 2 }))).toMatchObject({ fresh: true });
    },
  },
  {
    name: 'lets the second of two claims wait for the first',
    run: async ({ memory }) => {
      const { open, opened } = door();
      const slow = new ScriptedWork(async () => {
        await opened;
        return doneWith('first');
      });
      const other = new ScriptedWork(() => doneWith('second'));

      const first = memory.carryOut([claimOf('a')], slow);
      await untilGranted(slow);
      const second = memory.carryOut([claimOf('a')], other);
      open();

      expect((await first)[0]).toMatchObject({ fresh: true });
      expect((await second)[0]).toMatchObject({
        fresh: false,
        remembered: { answer: doneWith('first').answer },
      });
      expect(other.granted).toEqual([]);
    },
  },
  {
    name: 'stores a failure for work that threw, and nothing else of it',
    run: async ({ memory }) => {
      const outcome = await throwIn(memory, claimOf('a'));

      expect(outcome).toMatchObject({
        fresh: true,
        remembered: { state: 'failed', answer: { error: 'thrown' } },
      });
      expect(await repeatedAnswer(memory, claimOf('a'))).toMatchObject({
        outcome: 'failed',
        error: 'thrown',
      });
    },
  },
  {
    name: 'settles the rest of a batch when one of it throws',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('known'), doneWith('before'));
      const work = new ScriptedWork(({ claim }) => {
        if (claim.operation === 'bad') throw new Error('thrown');
        return claim.operation === 'refused' ? refusal : doneWith(claim.operation);
      });
      const claims = ['b', 'bad', 'known', 'refused', 'a'].map((operation) => claimOf(operation));

      const outcomes = await memory.carryOut(claims, work);

      expect(
        outcomes.map(({ remembered, fresh }) => [remembered.operation, remembered.state, fresh]),
      ).toEqual([
        ['b', 'done', true],
        ['bad', 'failed', true],
        ['known', 'done', false],
        ['refused', 'rejected', true],
        ['a', 'done', true],
      ]);
      expect(outcomes[4]?.remembered.answer).toEqual(doneWith('a').answer);
    },
  },
  {
    name: 'fences what it does not know before it says so',
    run: async ({ memory }) => {
      const [found] = await memory.ask([question('a')]);

      expect(found).toMatchObject({ state: 'fenced' });
      expect((await carryOut(memory, claimOf('a'))).fresh).toBe(false);
      expect((await carryOut(memory, claimOf('a', { attempt: 2 }))).fresh).toBe(true);
    },
  },
  {
    name: 'fences the attempt that may follow a failure',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), failure);

      expect(await memory.ask([question('a')])).toMatchObject([{ state: 'fenced' }]);
      expect((await carryOut(memory, claimOf('a', { attempt: 2 }))).fresh).toBe(false);
      expect((await carryOut(memory, claimOf('a', { attempt: 3 }))).fresh).toBe(true);
    },
  },
  {
    name: 'moves a fence for another question, not for a repeated one',
    run: async ({ memory }) => {
      await memory.ask([question('a', 'q.1')]);
      await memory.ask([question('a', 'q.1')]);
      await memory.ask([question('a', 'q.2')]);

      expect((await carryOut(memory, claimOf('a', { attempt: 2 }))).fresh).toBe(false);
      expect((await carryOut(memory, claimOf('a', { attempt: 3 }))).fresh).toBe(true);
    },
  },
  {
    name: 'says nothing and fences nothing when it may have forgotten',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('known'), failure);
      const mayBeForgotten = true;

      const found = await memory.ask([
        { operation: 'a', by: 'q.1', mayBeForgotten },
        { operation: 'known', by: 'q.2', mayBeForgotten },
      ]);

      expect(found[0]).toBeUndefined();
      expect(found[1]).toMatchObject({ state: 'fenced' });
      expect((await carryOut(memory, claimOf('a'))).fresh).toBe(true);
      expect((await carryOut(memory, claimOf('known', { attempt: 2 }))).fresh).toBe(false);
    },
  },
  {
    name: 'says what a settled operation answered',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'), doneWith('one'));
      await carryOut(memory, claimOf('b'), refusal);
      await carryOut(memory, claimOf('c'), acceptance);

      const found = await memory.ask([question('c'), question('a'), question('b')]);

      expect(found.map((one) => one?.state)).toEqual(['running', 'done', 'rejected']);
      expect(found[1]?.answer).toEqual(doneWith('one').answer);
    },
  },
  {
    name: 'forgets what is old, never what is still to be answered',
    run: async ({ memory }) => {
      await carryOut(memory, claimOf('a'));
      await carryOut(memory, claimOf('open'), acceptance);
      const longAfter = 4_102_444_800_000;

      expect(await memory.forget(0)).toBe(0);
      expect(await memory.forget(longAfter)).toBe(1);
      expect((await carryOut(memory, claimOf('a'))).fresh).toBe(true);
      expect((await carryOut(memory, claimOf('open'))).fresh).toBe(false);
    },
  },
  {
    name: 'tells the holder of a lock from former ones',
    run: async ({ memory }) => {
      const holds = (locks: Readonly<Record<string, number>>): Promise<boolean> =>
        memory.within((transaction) => memory.holds(transaction, locks));

      expect(await holds({ 'dock/1': 7, 'dock/2': 3 })).toBe(true);
      expect(await holds({ 'dock/1': 7 })).toBe(true);
      expect(await holds({ 'dock/2': 9 })).toBe(true);
      expect(await holds({ 'dock/1': 8, 'dock/2': 3 })).toBe(false);
      expect(await holds({ 'dock/1': 7 })).toBe(false);
    },
  },
  {
    name: 'keeps a record it is given twice once',
    run: async (subject) => {
      const record = {
        topic: 'inventory.commands',
        part: 1,
        offset: 7,
        timestamp: 0,
        key: null,
        value: Buffer.from([0, 255, 1]),
        headers: { 'ce_\0id': Buffer.from([0, 200]) },
      };
      const parked = { record, reason: 'not-json', message: 'a \0 in it', at: 0 } as const;
      await subject.memory.park(parked);
      await subject.memory.park(parked);

      expect(await subject.parkedRecords()).toBe(1);
    },
  },
];

function question(
  operation: string,
  by = `${operation}-verify.1`,
): {
  readonly operation: string;
  readonly by: string;
  readonly mayBeForgotten: boolean;
} {
  return { operation, by, mayBeForgotten: false };
}
