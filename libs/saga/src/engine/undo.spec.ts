import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import type { Json } from '../json.js';
import type { Expression } from '../scope-values.js';
import { givenSaga, par, plain, seq, step, type Scenario } from '../../test-engine/saga-scenario.js';

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
