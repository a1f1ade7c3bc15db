import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/messaging';
import { operationMemoryContract, type MemorySubject } from '#libs/testing';
import { ForgetfulOperationMemory } from './forgetful-operation-memory.js';
import type { Claim, ClaimOutcome, Question, Remembered, Work } from './operation-memory.js';

operationMemoryContract('ForgetfulOperationMemory', () => Promise.resolve(subjectOf(memory())));

describe('the contract of a memory', () => {
  operationMemoryContract.rejects(
    'a memory that takes each attempt for another operation',
    () => Promise.resolve(subjectOf(new AttemptInKey(clock))),
    'answers a done operation from memory, whatever the attempt',
  );
  operationMemoryContract.rejects(
    'a memory that leaves no mark when it undoes nothing',
    () => Promise.resolve(subjectOf(new WithoutMarks(clock))),
    'refuses what was undone before it came',
  );
  operationMemoryContract.rejects(
    'a memory that only looks before it says "not done"',
    () => Promise.resolve(subjectOf(new WithoutFences(clock))),
    'fences what it does not know before it says so',
  );
  operationMemoryContract.rejects(
    'a memory that lets two of a kind run at once',
    () => Promise.resolve(subjectOf(new WithoutWaiting(clock))),
    'lets the second of two claims wait for the first',
  );
});

describe('a forgetful memory that is full', () => {
  it('drops the oldest operation', async () => {
    const full = new ForgetfulOperationMemory(clock, { maxOperations: 2 });
    for (const operation of ['a', 'b', 'c']) await full.carryOut([claimOf(operation)], work);

    expect(await isFresh(full, 'c')).toBe(false);
    expect(await isFresh(full, 'a')).toBe(true);
  });
});

const clock = new SystemClock();

const work: Work<undefined> = {
  carryOut: () => Promise.resolve({ state: 'done', answer: { outcome: 'succeeded', value: 'null' } }),
  failed: () => ({ state: 'failed', answer: { outcome: 'failed', value: 'null' } }),
};

function memory(): ForgetfulOperationMemory {
  return new ForgetfulOperationMemory(clock);
}

function subjectOf(subject: ForgetfulOperationMemory): { readonly subject: MemorySubject } {
  return { subject: { memory: subject, parkedRecords: () => Promise.resolve(subject.parked().length) } };
}

async function isFresh(subject: ForgetfulOperationMemory, operation: string): Promise<boolean> {
  const [outcome] = await subject.carryOut([claimOf(operation)], work);
  return outcome!.fresh;
}

function claimOf(operation: string): Claim {
  const origin = {
    id: operation,
    type: 'a.b',
    saga: 's',
    operation,
    replyTo: 'h',
    replyPartition: 0,
    trace: {},
  };
  return { operation, attempt: 1, origin };
}

class AttemptInKey extends ForgetfulOperationMemory {
  override carryOut(claims: readonly Claim[], given: Work<undefined>): Promise<readonly ClaimOutcome[]> {
    return super.carryOut(
      claims.map((claim) => ({ ...claim, operation: `${claim.operation}.${claim.attempt}` })),
      given,
    );
  }
}

class WithoutMarks extends ForgetfulOperationMemory {
  override carryOut(claims: readonly Claim[], given: Work<undefined>): Promise<readonly ClaimOutcome[]> {
    return super.carryOut(
      claims.map(({ undoes: _undoes, ...claim }) => claim),
      given,
    );
  }
}

class WithoutFences extends ForgetfulOperationMemory {
  override ask(questions: readonly Question[]): Promise<readonly (Remembered | undefined)[]> {
    return super.ask(questions.map((question) => ({ ...question, mayBeForgotten: true })));
  }
}

class WithoutWaiting extends ForgetfulOperationMemory {
  override carryOut(claims: readonly Claim[], given: Work<undefined>): Promise<readonly ClaimOutcome[]> {
    const others = claims.map(async (claim): Promise<ClaimOutcome> => {
      const settlement = await given.carryOut({ claim, transaction: undefined });
      return { fresh: true, remembered: { ...claim, state: settlement.state, answer: settlement.answer } };
    });
    return Promise.all(others);
  }
}
