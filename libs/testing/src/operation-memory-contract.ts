import { expect } from '@jest/globals';
import { defineContract, type ContractCase } from './contract.js';
import { claimCases } from './operation-memory-claim-cases.js';
import {
  acceptance,
  carryOut,
  claimOf,
  doneWith,
  failure,
  repeatedAnswer,
  ScriptedWork,
  type MemorySubject,
  type TransactionalMemorySubject,
} from './operation-memory-subject.js';
import { undoCases } from './operation-memory-undo-cases.js';

/** What every OperationMemory promises. */
export const operationMemoryContract = defineContract<MemorySubject>('OperationMemory', [
  ...claimCases,
  ...undoCases,
]);

const transactionCases: readonly ContractCase<TransactionalMemorySubject>[] = [
  {
    name: 'keeps the effects of a batch with its settlements',
    run: async (subject) => {
      const work = new ScriptedWork(async ({ claim, transaction }) => {
        await subject.makeEffect(transaction, claim.operation);
        return doneWith(claim.operation);
      });
      await subject.memory.carryOut([claimOf('b'), claimOf('a')], work);
      await subject.memory.carryOut([claimOf('a'), claimOf('b')], work);

      expect([await subject.effects('a'), await subject.effects('b')]).toEqual([1, 1]);
    },
  },
  {
    name: 'undoes the effects of work that threw and no others',
    run: async (subject) => {
      const work = new ScriptedWork(async ({ claim, transaction }) => {
        await subject.makeEffect(transaction, claim.operation);
        if (claim.operation === 'bad') throw new Error('thrown');
        return doneWith(claim.operation);
      });
      await subject.memory.carryOut([claimOf('a'), claimOf('bad'), claimOf('c')], work);

      expect(await subject.effects('bad')).toBe(0);
      expect([await subject.effects('a'), await subject.effects('c')]).toEqual([1, 1]);
      expect(await repeatedAnswer(subject.memory, claimOf('bad'))).toMatchObject({ outcome: 'failed' });
    },
  },
  {
    name: 'takes back the mark of a compensation that threw, with its effects',
    run: async (subject) => {
      await carryOut(subject.memory, claimOf('a'), doneWith('one'));
      const work = new ScriptedWork(async ({ transaction }) => {
        await subject.makeEffect(transaction, 'released');
        throw new Error('thrown');
      });
      await subject.memory.carryOut([claimOf('u', { undoes: 'a' })], work);

      expect(await subject.effects('released')).toBe(0);
      expect(await repeatedAnswer(subject.memory, claimOf('a'))).toEqual(doneWith('one').answer);
    },
  },
  {
    name: 'fails work that lost its transaction to an error it swallowed',
    run: async (subject) => {
      const work = new ScriptedWork(async ({ transaction }) => {
        await subject.makeEffect(transaction, 'x'.repeat(100_000)).catch(() => undefined);
        return doneWith('one');
      });
      const [outcome] = await subject.memory.carryOut([claimOf('a')], work);

      expect(outcome).toMatchObject({ remembered: { state: 'failed' } });
      expect((await carryOut(subject.memory, claimOf('a', { attempt: 2 }))).fresh).toBe(true);
    },
  },
  {
    name: 'keeps the effects of a late answer with it',
    run: async (subject) => {
      await carryOut(subject.memory, claimOf('a'), acceptance);
      const failing = subject.memory.complete('a', async (transaction) => {
        await subject.makeEffect(transaction, 'late');
        throw new Error('thrown');
      });
      await expect(failing).rejects.toThrow('thrown');
      await subject.memory.complete('a', async (transaction) => {
        await subject.makeEffect(transaction, 'late');
        return doneWith('late');
      });

      expect(await subject.effects('late')).toBe(1);
    },
  },
  {
    name: 'remembers after a restart',
    run: async (subject) => {
      await carryOut(subject.memory, claimOf('done'), doneWith('one'));
      await carryOut(subject.memory, claimOf('failed'), failure);
      await carryOut(subject.memory, claimOf('open'), acceptance);
      await carryOut(subject.memory, claimOf('u', { undoes: 'never-came' }));
      const reopened = subject.reopened();

      expect(await repeatedAnswer(reopened, claimOf('done'))).toEqual(doneWith('one').answer);
      expect(await repeatedAnswer(reopened, claimOf('failed'))).toEqual(failure.answer);
      expect((await carryOut(reopened, claimOf('never-came'))).fresh).toBe(false);
      expect(await reopened.complete('open', () => Promise.resolve(doneWith('late')))).toMatchObject({
        kind: 'completed',
        origin: claimOf('open').origin,
      });
    },
  },
];

/** What an OperationMemory that stands in a database promises beyond the rest. */
export const transactionalMemoryContract = defineContract<TransactionalMemorySubject>(
  'OperationMemory with transactions',
  transactionCases,
);
