import { describe, expect, it } from '@jest/globals';
import type { AnswerInput, AwaitEffect, Effect, Json, OpenEffect, SagaState } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import type { StoredIncident } from '../operator-store.js';
import { orderProgram } from './program.fixture.js';
import { waitingOf, type WaitingView } from './waiting.js';

const program = orderProgram();
const open: OpenEffect = {
  kind: 'open',
  operation: 'reserveStock/1/do',
  attempt: 1,
  block: 'reserveStock',
  direction: 'do',
  call: 'inventory.reserve',
  data: null,
};

function state(changes: Partial<SagaState> = {}): SagaState {
  const facts = { id: 's', key: 'k', definition: 'order', version: 1, startedAt: 0, hops: 0 };
  return {
    facts,
    input: {},
    toggles: {},
    status: 'running',
    at: 5_000,
    steps: {},
    timers: [],
    incidents: {},
    ...changes,
  };
}

function sent(effect: OpenEffect, now = 0): HistoryEntry {
  return { input: { kind: 'due', now }, effects: [effect], offset: 0 };
}

function answered(outcome: AnswerInput['outcome'], changes: Partial<AnswerInput> = {}): HistoryEntry {
  return {
    input: {
      kind: 'answer',
      now: 1_000,
      operation: open.operation,
      attempt: 1,
      outcome,
      data: null,
      ...changes,
    },
    effects: [],
    offset: 1,
  };
}

function textsOf(view: Partial<WaitingView>): readonly string[] {
  return waitingOf({ state: state(), program, history: [], incidents: [], parked: [], ...view }).map(
    ({ text }) => text,
  );
}

describe('a saga that asked others than participants', () => {
  const asked: AwaitEffect = {
    kind: 'await',
    id: 'paid/1/wait',
    channel: 'event',
    block: 'paid',
    request: {
      subscriptions: [
        { event: 'shop.invoice.paid', key: 'I1' },
        { event: 'shop.invoice.voided', key: 7 },
      ],
    },
  };
  const asking = (effect: Effect): HistoryEntry => ({
    input: { kind: 'due', now: 3 },
    effects: [effect],
    offset: 0,
  });
  const heard = (what: string): HistoryEntry => ({
    input: { kind: 'heard', now: 4, id: asked.id, what, data: null },
    effects: [],
    offset: 1,
  });

  it('waits for the events, by type and key', () => {
    expect(
      waitingOf({ state: state(), program, history: [asking(asked)], incidents: [], parked: [] }),
    ).toEqual([
      {
        kind: 'event',
        id: 'paid/1/wait',
        block: 'paid',
        since: 3,
        text: 'the event shop.invoice.paid of I1 or the event shop.invoice.voided of 7 for paid',
      },
    ]);
  });

  it('waits on after an event that did not match', () => {
    expect(textsOf({ history: [asking(asked), heard('event')] })).toHaveLength(1);
  });

  it('waits no longer when it let go', () => {
    const released = { kind: 'release', id: asked.id, channel: 'event', block: 'paid' } as const;

    expect(textsOf({ history: [asking(asked), asking(released)] })).toEqual([]);
  });

  it('waits for no lock that it has and says something about', () => {
    const lock = { ...asked, channel: 'lock', request: { resource: 'A' } } as const;
    const said = { ...lock, request: { resource: 'A', says: ['in the yard'] } };

    expect(textsOf({ history: [asking(lock), heard('granted'), asking(said)] })).toEqual([]);
  });

  it.each<[AwaitEffect['channel'], Json, string]>([
    ['saga', { definition: 'refund', key: 'R1' }, 'the end of saga refund of R1 for paid'],
    ['lock', { resource: 'vehicle-7' }, 'the lock on vehicle-7 for paid'],
    ['fact', { fact: 'stock.level', key: 'A7' }, 'the fact stock.level of A7 for paid'],
    ['task', { title: 'Check', to: { role: 'clerk' } }, 'a person\'s answer to "Check" from clerk for paid'],
  ])('waits for a %s until it is answered', (channel, request, text) => {
    const history = [asking({ ...asked, channel, request })];

    expect(textsOf({ history })).toEqual([text]);
    expect(textsOf({ history: [...history, heard('granted')] })).toEqual([]);
  });
});

describe('a saga with an open exchange', () => {
  it('waits for the answer', () => {
    expect(textsOf({ history: [sent(open)] })).toEqual(['the answer of inventory.reserve to reserveStock']);
  });

  it('waits for the result of what was accepted', () => {
    expect(textsOf({ history: [sent(open), answered('accepted')] })).toEqual([
      'the result of reserveStock, which inventory.reserve has accepted',
    ]);
  });

  it('waits for the next attempt after a failure', () => {
    expect(textsOf({ history: [sent(open), answered('failed')] })).toEqual([
      'the next attempt of reserveStock after attempt 1 failed',
    ]);
  });

  it('is not moved by an answer to an earlier attempt', () => {
    const history = [
      sent(open),
      answered('failed'),
      sent({ ...open, attempt: 2 }, 2_000),
      answered('failed'),
    ];

    expect(textsOf({ history })).toEqual(['the answer of inventory.reserve to reserveStock, attempt 2']);
  });

  it('says how long and why where a policy has decided that', () => {
    const decided: HistoryEntry = {
      ...sent(open),
      effects: [
        {
          kind: 'noted',
          block: open.block,
          note: {
            what: 'patience',
            operation: open.operation,
            call: open.call,
            policy: 'patient',
            afterMs: 30_000,
            acceptedMs: 300_000,
            because: 'nights are slow',
          },
        },
        open,
      ],
    };
    const undo = { ...open, operation: 'reserveStock/1/undo', direction: 'undo' } as const;

    expect(textsOf({ history: [decided, sent(undo)] })).toEqual([
      'the answer of inventory.reserve to reserveStock, 30.0 s at most: nights are slow',
      'the answer of inventory.reserve to undo of reserveStock',
    ]);
    expect(textsOf({ history: [decided, answered('accepted')] })).toEqual([
      'the result of reserveStock, which inventory.reserve has accepted, 5 m at most: nights are slow',
    ]);
  });

  it('waits for nothing once that is settled', () => {
    const settled: HistoryEntry = {
      ...answered('succeeded'),
      effects: [
        {
          kind: 'settled',
          operation: open.operation,
          block: 'reserveStock',
          direction: 'do',
          call: open.call,
          outcome: 'succeeded',
          attempts: 1,
          startedAt: 0,
          endedAt: 1_000,
        },
      ],
    };

    expect(textsOf({ history: [sent(open), settled] })).toEqual([]);
  });

  it('names undos and verifications as such', () => {
    const history = [
      sent({ ...open, operation: 'chargeCard/1/undo', call: 'payment.refund', direction: 'undo' }),
      sent({ ...open, operation: 'bookCourier@eu/2/verify', call: 'courier.status', direction: 'verify' }),
    ];

    expect(textsOf({ history })).toEqual([
      'the answer of payment.refund to undo of chargeCard',
      'the answer of courier.status to verification of bookCourier [eu] (round 2)',
    ]);
  });
});

describe('a saga that waits for time', () => {
  it('names the block and the instant', () => {
    const view = { state: state({ timers: [{ no: 1, at: 3_600_000 }] }) };

    expect(textsOf(view)).toEqual(['coolDown, until 1970-01-01T01:00:00.000Z']);
  });

  it('names the instant where the block cannot be told', () => {
    const view = { state: state({ timers: [{ no: 1, at: 3_600_000 }] }), program: undefined };

    expect(textsOf(view)).toEqual(['time to pass, until 1970-01-01T01:00:00.000Z']);
  });
});

describe('a saga that needs a person', () => {
  const incident: StoredIncident = {
    id: 'i',
    block: 'chargeCard',
    code: 'FAILED',
    message: 'gave up after 10 attempts',
    openedAt: 0,
  };

  it('says so first', () => {
    expect(textsOf({ incidents: [incident], history: [sent(open)] })).toEqual([
      "a person's decision about chargeCard (FAILED): gave up after 10 attempts",
      'the answer of inventory.reserve to reserveStock',
    ]);
  });

  it('does not after the incident was closed', () => {
    expect(textsOf({ incidents: [{ ...incident, closedAt: 1 }] })).toEqual([]);
  });

  it('names the parked record that holds it, not those behind', () => {
    const row = {
      topic: 'skald.home',
      part: 1,
      timestamp: 0,
      held: true,
      key: null,
      value: null,
      headers: {},
      message: 'no fuel',
    };
    const parked = [
      { ...row, offset: 4, reason: 'FUEL_SPENT' },
      { ...row, offset: 5, reason: 'waiting' },
    ];

    expect(textsOf({ parked })).toEqual([
      'a decision about the parked record skald.home/1/4 (FUEL_SPENT): no fuel',
    ]);
  });
});

describe('a saga that has ended', () => {
  it('waits for nothing', () => {
    const ended = state({ status: 'completed', timers: [{ no: 1, at: 9 }] });

    expect(textsOf({ state: ended, history: [sent(open)] })).toEqual([]);
  });
});
