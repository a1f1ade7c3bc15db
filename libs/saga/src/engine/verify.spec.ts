import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import { givenSaga, seq, step, verifiedBy } from '../../test-engine/saga-scenario.js';

describe('a step in doubt with a question to ask', () => {
  const charge = step('charge', verifiedBy('shop.charge-status'));

  it('is verified', () => {
    const asked = givenSaga(charge).whenSilent();

    expect(asked.sent).toEqual(['shop.charge-status']);
    expect(asked.opened('charge/verify')).toMatchObject({ verifies: 'charge/1/do', direction: 'verify' });
  });

  it('goes on with the output of the answer when it was done', () => {
    const verified = givenSaga(seq('steps', charge, step('ship')))
      .whenSilent()
      .whenSucceeds('charge/verify', { id: 7 });

    expect(verified.outputOf('charge')).toEqual({ id: 7 });
    expect(verified.sent).toEqual(['shop.ship']);
  });

  it('is sent as a new attempt when it was not done', () => {
    const notDone = givenSaga(charge).whenSilent().whenRejected('charge/verify', 'not-done');

    expect(notDone.whenSilent().messages).toEqual(['charge/1/do#2']);
  });

  it('asks the same question again when that is not answered', () => {
    const silent = givenSaga(charge).whenSilent().whenSilent();

    expect(silent.whenSilent().messages).toEqual(['charge/1/verify#1']);
  });

  it('asks another question when the first one is still open', () => {
    const running = givenSaga(charge).whenSilent().whenAccepted('charge/verify');

    expect(running.whenSilent().messages).toEqual(['charge/1/verify#2']);
  });

  it('raises unknown when nobody can say', () => {
    let saga = givenSaga(charge).whenSilent();
    for (let count = 0; count < 2; count += 1) saga = saga.whenSilent().whenSilent();

    expect(saga.whenSilent().incidents).toEqual({ charge: 'UNKNOWN' });
  });

  it('adopts a late success while it is being verified', () => {
    expect(givenSaga(charge).whenSilent().whenSucceeds('charge').status).toBe('completed');
  });

  it('does not count an old answer after the command was sent again', () => {
    const again = givenSaga(charge).whenSilent().whenRejected('charge/verify').whenSilent();

    expect(again.whenRejected('charge/verify').state).toBe(again.state);
  });

  it('repeats the command where the question cannot be made', () => {
    const unaskable = {
      call: 'shop.charge-status',
      data: () => {
        throw new ExpressionError('no such field');
      },
    };
    const silent = givenSaga(step('charge', { verify: unaskable, ifUnknown: 'verify' })).whenSilent();

    expect(silent.whenSilent().messages).toEqual(['charge/1/do#1']);
  });
});

describe('a participant that remembers nothing so old', () => {
  it('is not asked again', () => {
    const old = givenSaga(step('charge')).whenFails('charge', { error: 'too-old' });

    expect(old.incidents).toEqual({ charge: 'UNKNOWN' });
    expect(old.messages).toEqual([]);
  });

  it('leaves an undo to a person', () => {
    const undoing = givenSaga(seq('steps', step('reserve'), step('charge')))
      .whenSucceeds('reserve')
      .whenRejected('charge');

    expect(undoing.whenFails('reserve/undo', { error: 'too-old' }).incidents).toEqual({
      reserve: 'UNDO_FAILED',
    });
  });
});
