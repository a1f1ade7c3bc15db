import { describe, expect, it } from '@jest/globals';
import type { Effect, SagaInput } from '#libs/saga';
import { durationText, timelineOf } from './timeline.js';

const facts = { id: 's', key: 'k', definition: 'order', version: 1, startedAt: 0, hops: 0 };
const settled: Effect = {
  kind: 'settled',
  operation: 'charge/1/do',
  block: 'charge',
  direction: 'do',
  call: 'payment.charge',
  outcome: 'rejected',
  error: 'card-declined',
  attempts: 3,
  startedAt: 0,
  endedAt: 65_000,
};

function told(input: SagaInput, effects: readonly Effect[], cause?: string): readonly string[] {
  return timelineOf([{ input, effects, offset: 0, ...(cause === undefined ? {} : { cause }) }]).map(
    ({ text }) => text,
  );
}

const start: SagaInput = { kind: 'start', now: 0, facts, input: {}, toggles: {} };
const answer = {
  kind: 'answer',
  now: 0,
  operation: 'charge/1/do',
  attempt: 1,
  outcome: 'succeeded',
  data: null,
} as const;

describe('the timeline', () => {
  it('says what started a saga', () => {
    expect(
      told(start, [{ kind: 'tell', id: 't', block: 'b', event: 'shop.order.seen', data: null }], 'event-1'),
    ).toEqual(['started by event-1', 'published shop.order.seen']);
  });

  it('tells a repeated start from the first', () => {
    expect(told(start, [], 'event-1')).toEqual(['start repeated by event-1; nothing to do']);
  });

  it('says how old a fact was when it came, and who had said it', () => {
    const event = { id: 'e1', source: '/wms', type: 'wms.counted', time: '1970-01-01T00:00:00.000Z' };
    const heard = { kind: 'heard', now: 300_000, id: 'path.stock/1/wait' } as const;
    const known = { value: 3, asOf: 60_000, lagMs: 30_000 };

    expect(told({ ...heard, what: 'fact', data: known, event }, [settled])[0]).toBe(
      'path.stock heard wms.counted (fact) as of 1970-01-01T00:01:00.000Z, 4 m old, from /wms, which may lag up to 30.0 s',
    );
    expect(told({ ...heard, what: 'stale', data: { ...known, lagMs: 0 } }, [settled])[0]).toBe(
      'path.stock heard stale (stale) as of 1970-01-01T00:01:00.000Z, 4 m old',
    );
  });

  it('says how old a fact was when something was decided by it later', () => {
    const note = {
      what: 'fact-read',
      fact: 'saga.stock',
      asOf: 60_000,
      lagMs: 30_000,
      source: '/wms',
    } as const;
    const read: Effect = { kind: 'noted', block: 'path', note };

    expect(told({ kind: 'due', now: 660_000 }, [read])[1]).toBe(
      'goes by saga.stock as of 1970-01-01T00:01:00.000Z, 10 m old, from /wms, which may lag up to 30.0 s',
    );
  });

  it('says why a lock is refused, and what its holder tells of itself', () => {
    const reason = 'cancel-order O1 holds it: at sea';
    const heard = { kind: 'heard', now: 0, id: 'slot/1/wait', what: 'refused', data: { reason } } as const;
    const request = { resource: 'A', says: ['at sea'] };
    const saying: Effect = { kind: 'await', id: 'slot/1/wait', channel: 'lock', block: 'slot', request };

    expect(told(heard, [saying])).toEqual([
      `slot heard refused: ${reason}`,
      'tells whoever wants the lock on A (slot): at sea',
    ]);
  });

  it('says once what an answer settled', () => {
    expect(told({ ...answer, outcome: 'rejected', error: 'card-declined' }, [settled])).toEqual([
      'charge rejected with card-declined after 1 m 5 s, 3 attempts',
    ]);
  });

  it('says that an answer came too late', () => {
    expect(told(answer, [])).toEqual(['charge was answered succeeded; late or repeated, without effect']);
  });

  it('says which attempt failed and that it is tried again', () => {
    const again: Effect = {
      kind: 'open',
      operation: 'charge/1/do',
      attempt: 2,
      block: 'charge',
      direction: 'do',
      call: 'payment.charge',
      data: null,
    };

    expect(told({ ...answer, outcome: 'failed', error: 'timeout' }, [])).toEqual([
      'charge failed at attempt 1 (timeout)',
    ]);
    expect(told({ kind: 'due', now: 0 }, [again])).toEqual([
      'a timer came due',
      'sent payment.charge for charge, attempt 2',
    ]);
  });

  it('says how long an answer is waited for, and why', () => {
    const note = {
      what: 'patience',
      operation: 'charge/1/do',
      call: 'payment.charge',
      policy: 'patient',
      afterMs: 90_000,
      acceptedMs: 300_000,
      because: 'nights are slow',
    } as const;

    expect(told({ kind: 'due', now: 0 }, [{ kind: 'noted', block: 'charge', note }]).slice(1)).toEqual([
      'waits 1 m 30 s at most for payment.charge, 5 m once it is accepted: nights are slow (policy patient)',
    ]);
  });

  it('says once that time has passed', () => {
    const over: Effect = {
      kind: 'waited',
      id: 'rest/1/wait',
      channel: 'time',
      block: 'rest',
      outcome: 'came',
      startedAt: 0,
      endedAt: 3_600_000,
    };

    expect(told({ kind: 'due', now: 3_600_000 }, [over])).toEqual(['rest is over after 1 h']);
  });

  it('says who asked for what, and why it was refused', () => {
    const action: SagaInput = {
      kind: 'action',
      now: 0,
      by: 'ann',
      reason: 'customer called',
      action: { kind: 'cancel' },
    };

    expect(
      told(action, [{ kind: 'refused', code: 'PAST_PIVOT', message: 'nothing is undone any more' }]),
    ).toEqual(['ann asked to cancel: customer called', 'refused (PAST_PIVOT): nothing is undone any more']);
  });

  it('says what an incident is about and when it is closed', () => {
    const opened: Effect = {
      kind: 'incident',
      open: true,
      id: 'i1',
      block: 'charge',
      code: 'FAILED',
      message: 'gave up',
    };

    expect(
      told({ kind: 'due', now: 0 }, [opened, { kind: 'incident', open: false, id: 'i1' }]).slice(1),
    ).toEqual(['incident i1 on charge (FAILED): gave up', 'incident i1 closed']);
  });

  it('says how it ended and why', () => {
    const failure = { error: 'card-declined', step: 'charge', message: '', data: null, at: 0 };

    expect(
      told({ kind: 'due', now: 0 }, [{ kind: 'finish', status: 'compensated', failure }]).slice(1),
    ).toEqual(['compensated because charge raised card-declined']);
    expect(
      told({ kind: 'due', now: 0 }, [{ kind: 'finish', status: 'completed', result: 'nothing-to-do' }]).slice(
        1,
      ),
    ).toEqual(['completed with result nothing-to-do']);
  });
});

describe('a length of time', () => {
  it.each([
    [12, '12 ms'],
    [3_400, '3.4 s'],
    [60_000, '1 m'],
    [312_000, '5 m 12 s'],
    [7_380_000, '2 h 3 m'],
    [349_200_000, '4 d 1 h'],
  ])('of %d ms reads well', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
