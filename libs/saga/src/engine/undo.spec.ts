import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import type { Json } from '../json.js';
import type { Expression } from '../scope-values.js';
import {
  givenSaga,
  handler,
  par,
  plain,
  program,
  scope,
  seq,
  step,
  verifiedBy,
  type Scenario,
} from '../../test-engine/saga-scenario.js';

const once = { attempts: 1, delayMs: 1_000, factor: 2, maxDelayMs: 5_000, jitter: 0 } as const;

describe('a saga that is refused', () => {
  it('undoes what was done in reverse order', () => {
    const refused = givenSaga(seq('steps', step('a'), step('b'), step('c')))
      .whenSucceeds('a')
      .whenSucceeds('b')
      .whenRejected('c');

    expect(refused.sent).toEqual(['shop.undo-b']);
    expect(refused.whenSucceeds('b/undo').sent).toEqual(['shop.undo-a']);
  });

  it('undoes beside each other what was done beside each other', () => {
    const both = par('both', { left: seq('l', step('a'), step('b')), right: step('c') });
    const done = givenSaga(seq('steps', both, step('d')))
      .whenSucceeds('a')
      .whenSucceeds('b')
      .whenSucceeds('c');

    expect(done.whenRejected('d').sent).toEqual(['shop.undo-c', 'shop.undo-b']);
  });

  it('goes on before a join only when both sides are undone', () => {
    const both = par('both', { left: step('a'), right: step('b') });
    const refused = givenSaga(seq('steps', step('first'), both, step('d')))
      .whenSucceeds('first')
      .whenSucceeds('a')
      .whenSucceeds('b')
      .whenRejected('d');

    expect(refused.whenSucceeds('a/undo').sent).toEqual([]);
    expect(refused.whenSucceeds('a/undo').whenSucceeds('b/undo').sent).toEqual(['shop.undo-first']);
  });

  it('leaves what nothing undoes', () => {
    const refused = givenSaga(seq('steps', plain('mail'), step('b')))
      .whenSucceeds('mail')
      .whenRejected('b');

    expect(refused.status).toBe('compensated');
  });

  it('names the operation that is undone', () => {
    const refused = givenSaga(seq('steps', step('a'), step('b')))
      .whenSucceeds('a')
      .whenRejected('b');

    expect(refused.opened('a/undo')).toMatchObject({
      compensates: 'a/1/do',
      direction: 'undo',
      data: { orderId: 'O1' },
    });
  });

  it('hands the undo what was sent, what came of it and why', () => {
    const data: Expression = ({ self, failure }) => ({ self: self as Json, why: failure!.error });
    const undo = { ...step('a').undo!, data };
    const refused = givenSaga(seq('steps', step('a', { undo }), step('b')))
      .whenSucceeds('a', { id: 7 })
      .whenRejected('b', 'no-b');

    expect(refused.opened('a/undo').data).toEqual({
      self: { sent: { orderId: 'O1' }, outcome: 'succeeded', output: { id: 7 } },
      why: 'no-b',
    });
  });
});

describe('an undo', () => {
  const refused = (parts = {}): Scenario =>
    givenSaga(seq('steps', step('a', parts), step('b')))
      .whenSucceeds('a')
      .whenRejected('b');

  it('is sent again when it fails', () => {
    expect(refused().whenFails('a/undo').whenSilent().messages).toEqual(['a/1/undo#2']);
  });

  it('is repeated when it is not answered', () => {
    expect(refused().whenSilent().whenSilent().messages).toEqual(['a/1/undo#1']);
  });

  it('is waited for when it is accepted', () => {
    const accepted = refused().whenAccepted('a/undo');

    expect(accepted.state.timers.at(-1)!.at - accepted.state.at).toBe(600_000);
    expect(accepted.whenSucceeds('a/undo').status).toBe('compensated');
  });

  it('waits for a person when it is refused', () => {
    expect(refused().whenRejected('a/undo').incidents).toEqual({ a: 'UNDO_FAILED' });
  });

  it('is another operation when a person tries again after a refusal', () => {
    expect(refused().whenRejected('a/undo').whenRetried().messages).toEqual(['a/2/undo#1']);
  });

  it('is a new attempt when a person tries again after failures', () => {
    const undo = { ...step('a').undo!, retry: once };

    expect(refused({ undo }).whenFails('a/undo').whenRetried().messages).toEqual(['a/1/undo#2']);
  });

  it('counts as done when a person says so', () => {
    const skipped = refused().whenRejected('a/undo').whenSkipped();

    expect(skipped.incidents).toEqual({});
    expect(skipped.status).toBe('compensated');
  });

  it('ends its incident when the success comes after all', () => {
    const undo = { ...step('a').undo!, retry: once };
    const stuck = refused({ undo }).whenSilent();

    expect(stuck.incidents).toEqual({ a: 'UNDO_FAILED' });
    expect(stuck.whenSucceeds('a/undo').status).toBe('compensated');
  });

  it('waits for a person when its data cannot be made', () => {
    const undo = {
      ...step('a').undo!,
      data: () => {
        throw new ExpressionError('no output');
      },
    };

    expect(refused({ undo }).incidents).toEqual({ a: 'UNDO_FAILED' });
  });

  it('keeps the rest of the plan waiting while it is stuck', () => {
    const stuck = givenSaga(seq('steps', step('a'), step('b'), step('c')))
      .whenSucceeds('a')
      .whenSucceeds('b')
      .whenRejected('c')
      .whenRejected('b/undo');

    expect(stuck.sent).toEqual([]);
    expect(stuck.whenSkipped().sent).toEqual(['shop.undo-a']);
  });
});

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
