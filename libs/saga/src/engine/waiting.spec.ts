import { describe, expect, it } from '@jest/globals';
import {
  event,
  givenSaga,
  handler,
  par,
  scope,
  seq,
  step,
  tell,
  wait,
} from '../../test-engine/saga-scenario.js';
import { ExpressionError } from '../expression/expression-error.js';
import type { Subscription, WaitAsk } from '../wait-node.js';

const paid = event('paid');

const attributes = { id: 'e1', source: '/shop', time: '2026-01-01T00:00:00Z' };

const first = (...subscriptions: readonly Subscription[]) => event('first', { subscriptions });

describe('what is waited for outside the participants', () => {
  it('is asked for once with its values', () => {
    const given = givenSaga(event('paid', { earlyMs: 600_000 }));

    expect(given.effects).toEqual([
      {
        kind: 'await',
        id: 'paid/1/wait',
        channel: 'event',
        block: 'paid',
        request: { subscriptions: [{ event: 'shop.paid', key: 'K1' }], earlyMs: 600_000 },
      },
    ]);
  });

  it('lets the flow go on and is withdrawn', () => {
    const heard = givenSaga(seq('steps', paid, step('next'))).whenHeard('paid', { amount: 7 });

    expect(heard.waits).toEqual(['release paid/1/wait']);
    expect(heard.sent).toEqual(['shop.next']);
    expect(heard.outputOf('paid')).toEqual({ amount: 7 });
  });

  it('changes nothing when it comes twice', () => {
    const heard = givenSaga(seq('steps', paid, step('next'))).whenHeard('paid');

    expect(heard.whenHeard('paid').state).toBe(heard.state);
  });

  it('is withdrawn when the saga is undone', () => {
    const cancelled = givenSaga(seq('steps', step('one'), paid))
      .whenSucceeds('one')
      .whenCancelled();

    expect(cancelled.waits).toEqual(['release paid/1/wait']);
    expect(cancelled.sent).toEqual(['shop.undo-one']);
  });

  it('is withdrawn when its time is up', () => {
    const timed = scope('timed', paid, {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('continue') },
    });
    const late = givenSaga(seq('steps', timed, step('next'))).whenLater(5_000);

    expect(late.waits).toEqual(['release paid/1/wait']);
    expect(late.sent).toEqual(['shop.next']);
  });

  it('is asked for under a new round when it is begun again', () => {
    const timed = scope('timed', paid, {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('retry', { undo: true }) },
    });
    const again = givenSaga(timed).whenLater(5_000);

    expect(again.waits).toEqual(['release paid/1/wait', 'await paid/2/wait']);
    expect(again.whenHeard('paid').status).toBe('running');
    expect(again.whenHeard('paid', {}, { id: 'paid/2/wait' }).status).toBe('completed');
  });

  it('still counts while the join has not decided', () => {
    const timed = scope('timed', paid, { timeoutMs: 5_000 });
    const late = givenSaga(par('both', { left: timed, right: wait('pause', 60_000) })).whenLater(5_000);

    expect(late.whenHeard('paid').whenLater(60_000).status).toBe('completed');
  });

  it('is kept while a handler is at work that comes back', () => {
    const timed = scope('timed', paid, {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('retry', { child: step('remind') }) },
    });
    const heard = givenSaga(seq('steps', timed, tell('after')))
      .whenLater(5_000)
      .whenHeard('paid', { amount: 7 });

    expect(heard.outcomeOf('paid')).toBeUndefined();
    expect(heard.whenSucceeds('remind').outputOf('paid')).toEqual({ amount: 7 });
  });

  it('raises invalid when it cannot even be asked for', () => {
    const key = (): never => {
      throw new ExpressionError('no such field');
    };
    const given = givenSaga(event('paid', { subscriptions: [{ event: 'shop.paid', key }] }));

    expect(given.state.failure).toMatchObject({ error: 'invalid', step: 'paid' });
    expect(given.waits).toEqual([]);
  });

  it('that is skipped by a person is withdrawn', () => {
    const timed = scope('timed', paid, {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('incident') },
    });
    const stuck = givenSaga(timed).whenLater(5_000);

    expect(stuck.incidents).toEqual({ timed: 'DECLARED' });
    expect(stuck.whenSkipped().waits).toEqual(['release paid/1/wait']);
  });
});

describe('an event', () => {
  const scanned = first(
    { case: 'dock', event: 'wms.scanned', key: () => 'P1', match: ({ data }) => data === 'dock' },
    { case: 'gate', event: 'wms.scanned', key: () => 'P1', match: ({ data }) => data === 'gate' },
  );

  it('that does not match is ignored', () => {
    const ignored = givenSaga(scanned).whenHeard('first', 'ramp', {
      event: { ...attributes, type: 'wms.scanned' },
    });

    expect(ignored.effects).toEqual([]);
    expect(ignored.status).toBe('running');
  });

  it('decides which case it is', () => {
    const heard = givenSaga(scanned).whenHeard('first', 'gate', {
      event: { ...attributes, type: 'wms.scanned' },
    });

    expect(heard.state.steps['first']).toMatchObject({ output: 'gate', outcome: 'succeeded', case: 'gate' });
  });

  it('of another type does not match', () => {
    const other = givenSaga(event('paid')).whenHeard(
      'paid',
      {},
      { event: { ...attributes, type: 'shop.sent' } },
    );

    expect(other.status).toBe('running');
  });

  it('that does not come is replaced after a time', () => {
    const given = givenSaga(event('paid', { fallback: { afterMs: 60_000 } })).whenLater(60_000);

    expect(given.outcomeOf('paid')).toBe('defaulted');
    expect(given.waits).toEqual(['release paid/1/wait']);
  });

  it('that does not come is replaced after enough others', () => {
    const never = event('first', {
      subscriptions: [{ event: 'wms.scanned', key: () => 'P1', match: () => false }],
      fallback: { events: 2 },
    });
    const one = givenSaga(never).whenHeard('first');

    expect(one.status).toBe('running');
    expect(one.whenHeard('first').outcomeOf('first')).toBe('defaulted');
  });
});

describe('an answer on another channel', () => {
  const base = { kind: 'ask', id: 'it', block: 'it' } as const;

  it.each<[string, WaitAsk, string]>([
    [
      'of a person',
      { ...base, channel: 'task', answers: {}, request: () => ({ title: 'Look' }) },
      'answered',
    ],
    [
      'of another saga',
      { ...base, channel: 'saga', definition: 'child', key: () => 'C1', input: () => ({}), detached: false },
      'completed',
    ],
    [
      'of a lock',
      { ...base, channel: 'lock', resource: () => 'R1', leaseMs: 1_000, conflict: 'wait' },
      'granted',
    ],
    ['about a fact', { ...base, channel: 'fact', fact: 'wms.stock', key: () => 'K1' }, 'fact'],
  ])('%s lets the flow go on', (_, node, what) => {
    expect(givenSaga(node).whenHeard('it', { value: 1 }, { what }).outputOf('it')).toEqual({ value: 1 });
  });

  it.each<[string, WaitAsk, string, string]>([
    [
      'of another saga',
      { ...base, channel: 'saga', definition: 'child', key: () => 'C1', input: () => ({}), detached: false },
      'compensated',
      'failed',
    ],
    [
      'of a lock',
      { ...base, channel: 'lock', resource: () => 'R1', leaseMs: 1_000, conflict: 'refuse' },
      'refused',
      'locked',
    ],
    ['about a fact', { ...base, channel: 'fact', fact: 'wms.stock', key: () => 'K1' }, 'stale', 'stale'],
  ])('%s may be an error', (_, node, what, error) => {
    expect(givenSaga(node).whenHeard('it', null, { what }).state.failure?.error).toBe(error);
  });
});
