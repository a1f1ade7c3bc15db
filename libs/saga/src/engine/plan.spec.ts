import { describe, expect, it } from '@jest/globals';
import {
  givenSaga,
  handler,
  plain,
  program,
  scope,
  seq,
  step,
  verifiedBy,
  type Scenario,
} from '../../test-engine/saga-scenario.js';

const once = { attempts: 1, delayMs: 1_000, factor: 2, maxDelayMs: 5_000, jitter: 0 } as const;

describe('a step in doubt that is not wanted any more', () => {
  it('is verified, and left when it was not done', () => {
    const asked = givenSaga(step('a', verifiedBy('shop.a-status'))).whenCancelled();

    expect(asked.sent).toEqual(['shop.a-status']);
    expect(asked.whenRejected('a/verify', 'not-done').status).toBe('cancelled');
  });

  it('is verified, and undone when it was done', () => {
    const asked = givenSaga(step('a', verifiedBy('shop.a-status'))).whenCancelled();

    expect(asked.whenSucceeds('a/verify').sent).toEqual(['shop.undo-a']);
  });

  it('is undone all the same where it cannot be verified', () => {
    expect(givenSaga(step('a')).whenCancelled().sent).toEqual(['shop.undo-a']);
  });

  it('is left when it was rejected meanwhile', () => {
    const asked = givenSaga(step('a', verifiedBy('shop.a-status'))).whenCancelled();

    expect(asked.whenRejected('a').status).toBe('cancelled');
  });

  it('is waited for where nothing can be done about it', () => {
    const cancelled = givenSaga(plain('mail')).whenCancelled();

    expect(cancelled.status).toBe('compensating');
    expect(cancelled.whenSilent().status).toBe('cancelled');
  });

  it('is not undone when its attempt has just failed', () => {
    expect(givenSaga(step('a')).whenFails('a').whenCancelled().status).toBe('cancelled');
  });
});

describe('a flow that went on without an answer', () => {
  const goesOn = program(
    seq(
      'steps',
      scope('group', step('a', { retry: once }), { handlers: { unknown: handler('continue') } }),
      step('b'),
    ),
  );

  it('undoes the operation beside it', () => {
    expect(givenSaga(goesOn).whenSilent().sent).toEqual(['shop.b', 'shop.undo-a']);
  });

  it('ends only when that is undone', () => {
    const done = givenSaga(goesOn).whenSilent().whenSucceeds('b');

    expect(done.status).toBe('running');
    expect(done.whenSucceeds('a/undo').status).toBe('completed');
  });

  it('undoes an operation that succeeds after it was refused', () => {
    const caught = scope('group', step('a'), { handlers: { rejected: handler('continue') } });
    const late = givenSaga(seq('steps', caught, step('b')))
      .whenRejected('a')
      .whenSucceeds('a');

    expect(late.sent).toEqual(['shop.undo-a']);
  });
});

describe('a plan to undo everything for doubt or time', () => {
  const doubted = program(
    seq('steps', step('a'), step('b', { ...verifiedBy('shop.b-status'), ifUnknown: 'undo' }), step('c')),
  );
  const held = (): Scenario => givenSaga(doubted).whenSucceeds('a').whenSilent();

  it('verifies what is in doubt before anything is undone', () => {
    expect(held().sent).toEqual(['shop.b-status']);
    expect(held().status).toBe('compensating');
  });

  it('is withdrawn by a late success', () => {
    const withdrawn = held().whenSucceeds('b');

    expect(withdrawn.status).toBe('running');
    expect(withdrawn.sent).toEqual(['shop.c']);
    expect(withdrawn.state.failure).toBeUndefined();
  });

  it('leaves in the history how much was not undone', () => {
    const noted = (scenario: Scenario) => scenario.effects.filter(({ kind }) => kind === 'noted');

    expect(noted(held().whenSucceeds('b'))).toEqual([
      { kind: 'noted', block: 'b', note: { what: 'plan-withdrawn', undos: 2 } },
    ]);
    expect(noted(held().whenRejected('b/verify').whenSucceeds('b'))).toEqual([]);
  });

  it('is withdrawn when the answer is that it was done', () => {
    expect(held().whenSucceeds('b/verify').sent).toEqual(['shop.c']);
  });

  it('is carried out when it was not done', () => {
    expect(held().whenRejected('b/verify').sent).toEqual(['shop.undo-a']);
  });

  it('is not withdrawn once something is undone', () => {
    const undoing = held().whenRejected('b/verify').whenSucceeds('b');

    expect(undoing.status).toBe('compensating');
  });

  it('is withdrawn by a late success after the saga ran out of time', () => {
    const slow = program(seq('steps', step('a', verifiedBy('shop.a-status')), step('b')), {
      timeoutMs: 10_000,
    });
    const late = givenSaga(slow).whenSilent();

    expect(late.sent).toEqual(['shop.a-status']);
    expect(late.whenSucceeds('a').sent).toEqual(['shop.b']);
  });
});

describe('a finished saga', () => {
  it('opens an incident when something took effect that nobody undid', () => {
    const refused = givenSaga(step('a')).whenRejected('a');
    const late = refused.whenSucceeds('a');

    expect(late.incidents).toEqual({ a: 'LATE_SUCCESS' });
    expect(late.status).toBe('compensated');
  });

  it('undoes it when a person says so', () => {
    const undoing = givenSaga(step('a')).whenRejected('a').whenSucceeds('a').whenRetried();

    expect(undoing.sent).toEqual(['shop.undo-a']);
    expect(undoing.whenSucceeds('a/undo').incidents).toEqual({});
  });

  it('takes no notice of anything else', () => {
    const done = givenSaga(step('a')).whenSucceeds('a');

    expect(done.whenSucceeds('a').state).toBe(done.state);
    expect(done.whenLater(1e9).state).toBe(done.state);
  });
});
