import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '#libs/messaging';
import type { AnswerInput, Effect, HeardInput, SagaInput } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import { costOf } from './cost.js';

const minute = 60_000;

function entry(input: SagaInput, ...effects: readonly Effect[]): HistoryEntry {
  return { input: input as HistoryEntry['input'], effects, offset: 0 };
}

function sent(call: string, operation: string, attempt = 1): HistoryEntry {
  const [block] = operation.split('/');
  const open = {
    kind: 'open',
    operation,
    attempt,
    block: block!,
    direction: 'do',
    call,
    data: null,
  } as const;
  return entry({ kind: 'due', now: 0 }, open);
}

function answered(operation: string, usage: string, part: Partial<AnswerInput> = {}): HistoryEntry {
  const input = { kind: 'answer', now: 1, operation, attempt: 1, outcome: 'succeeded', data: null } as const;
  return entry({ ...input, usage, ...part });
}

function decided(block: string, part: Partial<HeardInput>): HistoryEntry {
  const id = `${block}/1/wait`;
  const input = { kind: 'heard', now: 10 * minute, id, what: 'answered', data: null, ...part } as const;
  return entry(input, {
    kind: 'waited',
    id,
    channel: 'task',
    block,
    outcome: 'came',
    startedAt: 0,
    endedAt: 10 * minute,
  });
}

describe('what a saga took', () => {
  it('is counted by participant', () => {
    const { calls } = costOf([
      sent('payment.charge', 'charge/1/do'),
      sent('payment.charge', 'charge/1/do'),
      sent('payment.charge', 'charge/1/do', 2),
      sent('payment.refund', 'charge/1/undo'),
      sent('agent.triage', 'triage/1/do'),
    ]);

    expect(calls).toEqual([
      { participant: 'agent', commands: 1, attempts: 1, used: {} },
      { participant: 'payment', commands: 2, attempts: 3, used: {} },
    ]);
  });

  it('is summed by name, without the noise of decimals', () => {
    const cost = costOf([
      sent('agent.triage', 'triage/1/do'),
      sent('payment.charge', 'charge/1/do'),
      answered('triage/1/do', 'tokens=1840, cost-eur=0.1'),
      answered('charge/1/do', 'cost-eur=0.2'),
    ]);

    expect(cost.used).toEqual({ 'cost-eur': 0.3, tokens: 1_840 });
    expect(cost.calls.map(({ used }) => used)).toEqual([
      { 'cost-eur': 0.1, tokens: 1_840 },
      { 'cost-eur': 0.2 },
    ]);
  });

  it('counts what failed, and an answer once that comes again', () => {
    const cost = costOf([
      sent('agent.triage', 'triage/1/do'),
      answered('triage/1/do', 'tokens=1', { outcome: 'failed' }),
      answered('triage/1/do', 'tokens=1', { outcome: 'failed' }),
      answered('triage/1/do', 'tokens=10', { outcome: 'accepted', attempt: 2 }),
      answered('triage/1/do', 'tokens=100', { attempt: 2 }),
      answered('triage/1/do', 'tokens=100', { attempt: 3 }),
    ]);

    expect(cost.used).toEqual({ tokens: 111 });
  });

  it('keeps what could not be understood', () => {
    const cost = costOf([sent('agent.triage', 'triage/1/do'), answered('triage/1/do', '1840 tokens')]);

    expect([cost.used, cost.unread]).toEqual([{}, ['1840 tokens']]);
  });

  it('is summed where the history of the command is gone', () => {
    expect(costOf([answered('triage/1/do', 'tokens=7')])).toMatchObject({ calls: [], used: { tokens: 7 } });
  });
});

describe('what the answers themselves say was used up', () => {
  const usedByAnswer = {
    'agent.triage': (data: Json) => Object.entries((data as JsonObject | null) ?? {}),
  };

  it('is summed with what is said beside them, which counts more', () => {
    const cost = costOf(
      [
        sent('agent.triage', 'triage/1/do'),
        sent('payment.charge', 'charge/1/do'),
        answered('triage/1/do', 'tokens=5', { data: { tokens: 7, pages: 2 } }),
        answered('charge/1/do', 'tokens=1', { data: { tokens: 100 } }),
      ],
      { usedByAnswer },
    );

    expect(cost.used).toEqual({ pages: 2, tokens: 6 });
    expect(cost.calls.map(({ used }) => used)).toEqual([{ pages: 2, tokens: 5 }, { tokens: 1 }]);
  });

  it('is not understood where it is no number', () => {
    const { usage: _, ...silent } = answered('triage/1/do', '', { data: { tokens: 'many' } })
      .input as AnswerInput;

    expect(costOf([sent('agent.triage', 'triage/1/do'), entry(silent)], { usedByAnswer }).unread).toEqual([
      'tokens="many"',
    ]);
  });
});

describe('the time of people', () => {
  it('is that since the claim, else since the task was opened', () => {
    const cost = costOf([
      decided('review', { by: 'ann', claimedAt: 9 * minute }),
      decided('approve', { by: 'bob' }),
    ]);

    expect(cost.people).toEqual([
      { block: 'review', by: 'ann', seconds: 60, since: 'claimed' },
      { block: 'approve', by: 'bob', seconds: 600, since: 'opened' },
    ]);
    expect(cost.humanSeconds).toBe(660);
  });

  it('is not that of others who are not waited for any more', () => {
    const [ann, bob] = [decided('ann-decides', { by: 'ann' }), decided('bob-decides', { by: 'bob' })];

    expect(costOf([{ ...ann, effects: [...ann.effects, ...bob.effects] }]).people).toEqual([
      expect.objectContaining({ block: 'ann-decides', by: 'ann' }),
    ]);
  });

  it('is none where silence answered, or no more is waited for', () => {
    const late = decided('review', { by: 'ann' });

    expect(costOf([decided('review', {}), { ...late, effects: [] }]).people).toEqual([]);
  });
});
