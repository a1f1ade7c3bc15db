import { describe, expect, it } from '@jest/globals';
import {
  givenSaga,
  handler,
  pivot,
  plain,
  program,
  scope,
  seq,
  step,
  verifiedBy,
  type Scenario,
} from '../../test-engine/saga-scenario.js';

const order = program(seq('steps', step('reserve'), pivot('ship'), plain('tell')), { timeoutMs: 60_000 });

describe('a saga past its pivot', () => {
  const shipped = (): Scenario => givenSaga(order).whenSucceeds('reserve').whenSucceeds('ship');

  it('waits for a person where an error is not caught', () => {
    const refused = shipped().whenRejected('tell');

    expect(refused.incidents).toEqual({ tell: 'UNCAUGHT' });
    expect(refused.sent).toEqual([]);
  });

  it('cannot be cancelled', () => {
    expect(shipped().whenCancelled().effects).toMatchObject([{ kind: 'refused', code: 'PAST_PIVOT' }]);
  });

  it('is overdue when its time is up, and goes on', () => {
    const overdue = shipped().whenAccepted('tell').whenLater(60_000);

    expect(overdue.incidents).toEqual({ saga: 'OVERDUE' });
    expect(overdue.whenSucceeds('tell').status).toBe('completed');
    expect(overdue.whenSucceeds('tell').incidents).toEqual({});
  });

  it('does not undo a scope that the pivot stands in', () => {
    const group = scope('group', seq('body', step('reserve'), pivot('ship'), plain('tell')), {
      handlers: { rejected: handler('continue', { undo: true }) },
    });
    const refused = givenSaga(group).whenSucceeds('reserve').whenSucceeds('ship').whenRejected('tell');

    expect(refused.sent).toEqual([]);
    expect(refused.incidents).toEqual({ tell: 'UNCAUGHT' });
  });

  it('still undoes what the flow went on without', () => {
    const once = step('mail', { retry: { ...step('mail').retry, attempts: 1 } });
    const group = scope('group', once, { handlers: { unknown: handler('continue') } });
    const mailed = givenSaga(seq('steps', group, pivot('ship')))
      .whenSilent()
      .whenRejected('mail/undo')
      .whenSucceeds('ship');

    expect(mailed.incidents).toEqual({ mail: 'UNDO_FAILED' });
    expect(mailed.whenSkipped().status).toBe('completed');
  });
});

describe('a pivot', () => {
  const shipping = (): Scenario => givenSaga(order).whenSucceeds('reserve');

  it('that is refused lets everything be undone', () => {
    expect(shipping().whenRejected('ship').sent).toEqual(['shop.undo-reserve']);
  });

  it('in doubt keeps the saga from being cancelled', () => {
    expect(shipping().whenCancelled().effects).toMatchObject([{ kind: 'refused', code: 'PAST_PIVOT' }]);
  });

  it('in doubt keeps the saga from running out of time', () => {
    const overdue = shipping().whenAccepted('ship').whenLater(60_000);

    expect(overdue.incidents).toEqual({ saga: 'OVERDUE' });
    expect(overdue.whenRejected('ship').sent).toEqual(['shop.undo-reserve']);
  });

  it('in doubt keeps a scope around it from being left', () => {
    const group = scope('group', pivot('ship'), {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('continue') },
    });
    const late = givenSaga(group).whenAccepted('ship').whenLater(5_000);

    expect(late.incidents).toEqual({ group: 'OVERDUE' });
    expect(late.whenSucceeds('ship').incidents).toEqual({});
  });

  it('that just failed and rests lets the saga be cancelled', () => {
    expect(shipping().whenFails('ship').whenCancelled().sent).toEqual(['shop.undo-reserve']);
  });

  it('that was verified as not done lets everything be undone', () => {
    const doubtful = pivot('ship', {
      ...verifiedBy('shop.ship-status'),
      retry: { ...step('x').retry, attempts: 1 },
    });
    const silent = givenSaga(seq('steps', step('reserve'), doubtful))
      .whenSucceeds('reserve')
      .whenSilent();

    expect(silent.whenRejected('ship/verify').sent).toEqual(['shop.undo-reserve']);
  });

  it('opens an incident when it takes effect after it was refused', () => {
    const late = shipping().whenRejected('ship').whenSucceeds('ship');

    expect(late.incidents).toEqual({ ship: 'LATE_SUCCESS' });
  });
});

describe('a saga that only goes forward', () => {
  it('undoes nothing from its start', () => {
    const forward = program(seq('steps', plain('a'), plain('b')), { forwardOnly: true });
    const refused = givenSaga(forward).whenSucceeds('a').whenRejected('b');

    expect(refused.incidents).toEqual({ b: 'UNCAUGHT' });
  });
});
