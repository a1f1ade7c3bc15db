import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import {
  givenSaga,
  pivot,
  plain,
  program,
  scope,
  handler,
  seq,
  step,
} from '../../test-engine/saga-scenario.js';

const forever = { attempts: 'forever', delayMs: 1_000, factor: 2, maxDelayMs: 5_000, jitter: 0 } as const;

describe('a step that fails', () => {
  it('is sent again as a new attempt of the same operation', () => {
    const failed = givenSaga(step('charge')).whenFails('charge');

    expect(failed.messages).toEqual([]);
    expect(failed.whenSilent().messages).toEqual(['charge/1/do#2']);
  });

  it('rests longer after every failure', () => {
    const first = givenSaga(step('charge')).whenFails('charge');
    const second = first.whenSilent().whenFails('charge');

    expect(first.state.timers.at(-1)!.at - first.state.at).toBe(1_000);
    expect(second.state.timers.at(-1)!.at - second.state.at).toBe(2_000);
  });

  it('rests as long as the participant asks for', () => {
    const failed = givenSaga(step('charge')).whenFails('charge', { retryAfterMs: 45_000 });

    expect(failed.state.timers.at(-1)!.at - failed.state.at).toBe(45_000);
  });

  it('rests at most as long as its policy says', () => {
    let saga = givenSaga(step('charge', { retry: forever }));
    for (let count = 0; count < 6; count += 1) saga = saga.whenFails('charge').whenSilent();
    const failed = saga.whenFails('charge');

    expect(failed.state.timers.at(-1)!.at - failed.state.at).toBe(5_000);
  });

  it('raises failed when its attempts are spent', () => {
    const once = step('charge', { retry: { ...forever, attempts: 1 } });
    const failed = givenSaga(once).whenFails('charge');

    expect(failed.status).toBe('compensated');
    expect(failed.state.failure).toMatchObject({ error: 'failed', step: 'charge', message: 'broken' });
  });

  it('raises failed at once when it would fail again', () => {
    const failed = givenSaga(step('charge')).whenFails('charge', { retryAfterMs: 'never' });

    expect(failed.messages).toEqual([]);
    expect(failed.status).toBe('compensated');
    expect(failed.state.failure).toMatchObject({ error: 'failed', message: 'broken' });
  });

  it('waits for a person behind the pivot when it would fail again', () => {
    const behind = seq('all', pivot('ship'), plain('archive', { retry: forever }));
    const failed = givenSaga(behind).whenSucceeds('ship').whenFails('archive', { retryAfterMs: 'never' });

    expect(failed.incidents).toEqual({ archive: 'UNCAUGHT' });
    expect(failed.whenRetried('archive').sent).toEqual(['shop.archive']);
  });

  it('does not count a failure of an earlier attempt', () => {
    const second = givenSaga(step('charge')).whenFails('charge').whenSilent();
    const late = second.whenFails('charge', { attempt: 1 });

    expect(late.state).toBe(second.state);
  });

  it('is settled by the success of an earlier attempt', () => {
    const second = givenSaga(step('charge')).whenFails('charge').whenSilent();

    expect(second.whenSucceeds('charge', {}, { attempt: 1 }).status).toBe('completed');
  });

  it('spreads the rests of sagas that failed together', () => {
    const jittery = program(step('charge', { retry: { ...forever, jitter: 0.5 } }));
    const rests = ['a', 'b'].map((id) => {
      const saga = givenSaga(jittery, {}, id).whenFails('charge');
      return saga.state.timers.at(-1)!.at - saga.state.at;
    });

    expect(rests[0]).not.toBe(rests[1]);
    expect(Math.min(...rests)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...rests)).toBeLessThanOrEqual(1_000);
  });
});

describe('a step that is not answered', () => {
  it('is repeated as the same attempt', () => {
    const silent = givenSaga(step('charge')).whenSilent();

    expect(silent.whenSilent().messages).toEqual(['charge/1/do#1']);
  });

  it('raises unknown when its attempts are spent, and waits for a person', () => {
    const once = step('charge', { retry: { ...forever, attempts: 1 } });

    expect(givenSaga(once).whenSilent().incidents).toEqual({ charge: 'UNKNOWN' });
  });

  it('is adopted when the success comes after all', () => {
    const once = step('charge', { retry: { ...forever, attempts: 1 } });
    const late = givenSaga(seq('steps', once, step('ship')))
      .whenSilent()
      .whenSucceeds('charge');

    expect(late.incidents).toEqual({});
    expect(late.sent).toEqual(['shop.ship']);
  });

  it('is refused when the rejection comes after all', () => {
    const once = step('charge', { retry: { ...forever, attempts: 1 } });
    const late = givenSaga(once).whenSilent().whenRejected('charge', 'declined');

    expect(late.status).toBe('compensated');
    expect(late.state.failure?.error).toBe('declined');
  });

  it('waits once more, and longer, where it is said to wait', () => {
    const waiting = givenSaga(step('charge', { ifUnknown: 'wait' })).whenSilent();

    expect(waiting.messages).toEqual([]);
    expect(waiting.state.timers.at(-1)!.at - waiting.state.at).toBe(600_000);
    expect(waiting.whenSilent().incidents).toEqual({ charge: 'UNKNOWN' });
  });

  it('undoes the saga where it is said to', () => {
    const silent = givenSaga(seq('steps', step('reserve'), step('charge', { ifUnknown: 'undo' })))
      .whenSucceeds('reserve')
      .whenSilent();

    expect(silent.sent).toEqual(['shop.undo-charge']);
    expect(silent.whenSucceeds('charge/undo').sent).toEqual(['shop.undo-reserve']);
  });

  it('waits for a person where it is said to, and cannot be caught', () => {
    const caught = scope('group', step('charge', { ifUnknown: 'incident' }), {
      handlers: { unknown: handler('continue') },
    });

    expect(givenSaga(caught).whenSilent().incidents).toEqual({ charge: 'UNKNOWN' });
  });
});

describe('a step that is accepted', () => {
  it('is waited for longer', () => {
    const accepted = givenSaga(step('charge')).whenAccepted('charge');

    expect(accepted.state.timers.at(-1)!.at - accepted.state.at).toBe(600_000);
  });

  it('is in doubt when nothing follows', () => {
    const silent = givenSaga(step('charge')).whenAccepted('charge').whenSilent();

    expect(silent.whenSilent().messages).toEqual(['charge/1/do#1']);
  });

  it('does not count for an earlier attempt', () => {
    const second = givenSaga(step('charge')).whenFails('charge').whenSilent();

    expect(second.whenAccepted('charge', { attempt: 1 }).state).toBe(second.state);
  });
});

describe('a message the broker refuses', () => {
  it('waits for a person', () => {
    expect(givenSaga(step('charge')).whenNotSent('charge').incidents).toEqual({ charge: 'NOT_SENT' });
  });

  it('is another operation when it is tried again', () => {
    expect(givenSaga(step('charge')).whenNotSent('charge').whenRetried().messages).toEqual(['charge/2/do#1']);
  });

  it('is not undone, for nothing was sent', () => {
    expect(givenSaga(step('charge')).whenNotSent('charge').whenCancelled().status).toBe('cancelled');
  });
});

describe('any answer', () => {
  it('changes nothing when it comes again', () => {
    const done = givenSaga(seq('steps', step('reserve'), step('charge'))).whenSucceeds('reserve');

    expect(done.whenSucceeds('reserve').state).toBe(done.state);
  });

  it('changes nothing when nothing was asked', () => {
    const saga = givenSaga(step('charge'));

    expect(saga.whenSucceeds('charge/7/do').state).toBe(saga.state);
    expect(saga.whenSucceeds('nothing/1/do').state).toBe(saga.state);
  });
});

describe('a command', () => {
  it('says until when it may be started: as long as the scopes around it last', () => {
    const timed = scope('group', step('charge'), { timeoutMs: 5_000 });

    expect(givenSaga(timed).opened('charge').deadline).toBe(1_005_000);
  });

  it('raises invalid when its data cannot be made', () => {
    const invalid = step('charge', {
      data: () => {
        throw new ExpressionError('no such field');
      },
    });

    expect(givenSaga(invalid).state.failure).toMatchObject({
      error: 'invalid',
      step: 'charge',
      message: 'no such field',
    });
  });

  it('does not let a participant speak with the words of the engine', () => {
    expect(givenSaga(plain('charge')).whenRejected('charge', 'unknown').state.failure?.error).toBe(
      'rejected',
    );
  });

  it('needs no undo and no settling when it has no effect', () => {
    const query = plain('look', { effect: false });
    const cancelled = givenSaga(seq('steps', query, pivot('ship'))).whenCancelled();

    expect(cancelled.status).toBe('cancelled');
  });
});
