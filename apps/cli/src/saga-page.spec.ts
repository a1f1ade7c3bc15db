import { describe, expect, it } from '@jest/globals';
import { sagaPage } from './saga-page.js';
import type { ShownSaga } from './shown-saga.js';

const now = Date.parse('2026-11-21T08:05:00.000Z');

const running: ShownSaga = {
  id: '0193b5a0-1111-7222-8333-444444444444',
  definition: 'order-fulfilment',
  version: 1,
  businessKey: 'order-1042',
  status: 'running',
  incident: false,
  held: false,
  startedAt: '2026-11-21T08:00:00.000Z',
  input: { orderId: 'order-1042' },
  steps: {
    reserveStock: {
      kind: 'command',
      outcome: 'succeeded',
      attempts: 2,
      startedAt: '2026-11-21T08:00:00.000Z',
      endedAt: '2026-11-21T08:00:01.500Z',
      output: { reservation: 'r-1' },
    },
  },
  waitsFor: [
    {
      kind: 'answer',
      block: 'chargeCard',
      text: 'the answer of payment.charge to chargeCard',
      since: '2026-11-21T08:04:50.000Z',
    },
  ],
  nextTimerAt: '2026-11-21T08:05:20.000Z',
  timeline: [
    { at: '2026-11-21T08:00:00.000Z', kind: 'started', text: 'started by event-1' },
    {
      at: '2026-11-21T08:00:01.500Z',
      kind: 'settled',
      blockKind: 'command',
      text: 'reserveStock succeeded after 1.5 s, 2 attempts',
    },
  ],
  incidents: [],
  audits: [],
  parked: [],
};

describe('the page of a saga that stands still', () => {
  it('says since when, and what it waits for', () => {
    const stalled = { since: '2026-11-21T08:02:00.000Z', blocker: 'the answer of payment.charge' };

    const page = sagaPage({ ...running, stalled }, now);

    expect(page).toContain('order-1042: running, stalled');
    expect(page).toContain('Stalled   for 3 m, waits for the answer of payment.charge');
  });
});

describe('the page of a saga that is paused', () => {
  it('says by whom, when and why', () => {
    const by = { at: '2026-11-21T08:00:00.000Z', by: 'ann', reason: 'stock take' };
    const paused = [
      { kind: 'saga', ...by },
      { kind: 'definition', ...by, resumed: { by: 'ben' } },
    ];

    const page = sagaPage({ ...running, paused }, now);

    expect(page).toMatch(/^Paused {4}by ann at .*08:00:00.*: stock take$/mu);
    expect(page).toMatch(/^Paused {4}with its definition, by ann .*; resumed by ben, /mu);
  });
});

describe('the page of a saga in the hands of others', () => {
  it('says whose, since and until when', () => {
    const since = '2026-11-21T08:04:00.000Z';
    const control = [
      { kind: 'participant', name: 'payment', block: 'charge', since, until: '2026-11-21T08:06:00.000Z' },
      { kind: 'lock', name: 'the lock on dock/7', since, saga: 's-2' },
    ];

    const page = sagaPage({ ...running, control }, now);

    expect(page).toMatch(/^Control {3}participant: payment, at charge, for 1 m, until .*08:06:00/mu);
    expect(page).toContain('Control   lock: the lock on dock/7 (saga s-2), for 1 m');
  });
});

describe('the page of a saga', () => {
  it('says why it ran', () => {
    const why = 'order version 1 ran because shop.order.placed came (event-1 of /shop).';

    expect(sagaPage({ ...running, why }, now)).toContain(`Why       ${why}\n`);
  });
});

describe('the page of a saga that failed', () => {
  it('says what led to that', () => {
    const causes = [
      { error: 'sold-out', step: 'reserve', message: 'rejected with sold-out', leg: 'stock' },
      { error: 'closed', step: 'open', message: 'rejected with closed' },
    ];
    const failure = { error: 'incomplete', step: 'all', message: '2 of 3 are missing', causes };

    expect(
      sagaPage({ ...running, failure }, now)
        .split('\n')
        .slice(3, 6),
    ).toEqual([
      'Failure   all raised incomplete: 2 of 3 are missing',
      'Because   reserve (stock) raised sold-out: rejected with sold-out',
      'Because   open raised closed: rejected with closed',
    ]);
  });
});

describe('the page of a running saga', () => {
  it('says what happened, what came of it and what it waits for', () => {
    expect(sagaPage(running, now)).toBe(
      [
        'order-fulfilment version 1, order-1042: running',
        'Id        0193b5a0-1111-7222-8333-444444444444',
        'Started   2026-11-21 08:00:00.000Z, 5 m ago',
        'Input     {"orderId":"order-1042"}',
        '',
        'What happened',
        '  at             after   kind     what',
        '  08:00:00.000Z  +0 ms            started by event-1',
        '  08:00:01.500Z  +1.5 s  command  reserveStock succeeded after 1.5 s, 2 attempts',
        '',
        'What came of it',
        '  block         kind     outcome    attempts  took   output',
        '  reserveStock  command  succeeded         2  1.5 s  {"reservation":"r-1"}',
        '',
        'It waits for',
        '  - the answer of payment.charge to chargeCard, for 10.0 s',
        '  Next timer in 20.0 s (2026-11-21 08:05:20.000Z)',
      ].join('\n'),
    );
  });

  it('names the day of each line where there are several', () => {
    const later = { at: '2026-11-22T07:00:00.000Z', kind: 'timer', text: 'a timer came due' };

    const page = sagaPage({ ...running, timeline: [...running.timeline, later] }, now);

    expect(page).toContain('  2026-11-21 08:00:00.000Z  +0 ms ');
    expect(page).toContain('  2026-11-22 07:00:00.000Z  +23 h ');
  });

  it('says that a timer is late', () => {
    expect(sagaPage(running, now + 60_000)).toContain('Next timer 40.0 s ago; it is late');
  });
});

describe('the page of a saga that needs a person', () => {
  it('gives the commands that repair it', () => {
    const incident = {
      id: 'chargeCard/1',
      block: 'chargeCard',
      code: 'FAILED',
      message: 'gave up',
      openedAt: '2026-11-21T08:01:00.000Z',
    };

    const page = sagaPage({ ...running, incident: true, incidents: [incident] }, now);

    expect(page).toContain('order-1042: running, needs a person');
    expect(page).toContain(`skald retry ${running.id} --block chargeCard`);
    expect(page).toContain(`skald skip ${running.id} --block chargeCard --result '{}'`);
    expect(page).toContain(`skald cancel ${running.id}`);
  });

  it('names the parked record that holds it', () => {
    const parked = [
      { topic: 'skald.home', part: 1, offset: 9, reason: 'FUEL_SPENT', message: '', held: true },
    ];

    const page = sagaPage({ ...running, held: true, incident: true, parked }, now);

    expect(page).toContain('skald redrive skald.home/1/9');
    expect(page).toContain('skald skip skald.home/1/9');
  });

  it('says until when it waits, and who can help', () => {
    const wait = {
      kind: 'event',
      text: 'the event shop.order.paid of o-1 for paid',
      since: new Date(now - 60_000).toISOString(),
      until: '2026-11-22T08:00:00.000Z',
      help: ['payment o-1 would publish it at told'],
    };

    const page = sagaPage({ ...running, waitsFor: [wait] }, now);

    expect(page).toContain(
      '- the event shop.order.paid of o-1 for paid, for 1 m, until 2026-11-22 08:00:00.000Z\n' +
        '    from payment o-1 would publish it at told',
    );
  });

  it('offers nothing for an incident that is closed', () => {
    const closed = {
      id: 'a',
      block: 'a',
      code: 'X',
      message: '',
      openedAt: '2026-11-21T08:01:00.000Z',
      closedAt: '2026-11-21T08:02:00.000Z',
    };

    expect(sagaPage({ ...running, incidents: [closed] }, now)).not.toContain('How to repair');
  });
});
