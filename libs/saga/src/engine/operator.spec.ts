import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import {
  givenSaga,
  par,
  plain,
  pivot,
  program,
  seq,
  step,
  wait,
  type Scenario,
} from '../../test-engine/saga-scenario.js';

const once = { attempts: 1, delayMs: 1_000, factor: 2, maxDelayMs: 5_000, jitter: 0 } as const;
const shipped = (): Scenario =>
  givenSaga(seq('steps', pivot('ship'), plain('a'), plain('b'))).whenSucceeds('ship');

describe('a person who retries', () => {
  it('asks again as another operation', () => {
    expect(shipped().whenRejected('a').whenRetried().messages).toEqual(['a/2/do#1']);
  });

  it('asks again as the same operation while it is in doubt', () => {
    expect(
      givenSaga(step('a', { retry: once }))
        .whenSilent()
        .whenRetried().messages,
    ).toEqual(['a/1/do#1']);
  });

  it('ends the incident', () => {
    const retried = shipped().whenRejected('a').whenRetried();

    expect(retried.effects).toContainEqual({ kind: 'incident', open: false, id: 'a' });
    expect(retried.incidents).toEqual({});
  });

  it('begins again an expression that could not be evaluated', () => {
    const at = ({ now }: { readonly now: number }): number => {
      if (now < 1_005_000) throw new ExpressionError('too early');
      return now;
    };
    const early = program({ kind: 'calc', id: 'value', block: 'value', value: at }, { forwardOnly: true });
    const waiting = givenSaga(early);

    expect(waiting.incidents).toEqual({ value: 'UNCAUGHT' });
    expect(
      waiting.when({ kind: 'action', now: 1_006_000, by: 'ann', action: { kind: 'retry' } }).status,
    ).toBe('completed');
  });

  it('gives an overdue saga its time again', () => {
    const overdue = givenSaga(
      program(seq('steps', pivot('ship'), wait('pause', 90_000)), { timeoutMs: 60_000 }),
    )
      .whenSucceeds('ship')
      .whenLater(60_000);

    expect(overdue.whenRetried().incidents).toEqual({});
    expect(overdue.whenRetried().whenLater(60_000).status).toBe('completed');
  });
});

describe('a person who skips', () => {
  it('lets the flow go on as if the step had succeeded', () => {
    const skipped = shipped().whenRejected('a').whenSkipped('a', { id: 7 });

    expect(skipped.sent).toEqual(['shop.b']);
    expect(skipped.state.steps['a']).toMatchObject({ outcome: 'skipped', output: { id: 7 } });
  });

  it('says that an operation in doubt was done', () => {
    const skipped = givenSaga(seq('steps', step('a', { retry: once }), step('b')))
      .whenSilent()
      .whenSkipped();

    expect(skipped.sent).toEqual(['shop.b']);
    expect(skipped.whenRejected('b').sent).toEqual(['shop.undo-a']);
  });
});

describe('a person who acts on an incident', () => {
  const two = (): Scenario => {
    const legs = par('both', {
      left: plain('a', { ifUnknown: 'incident' }),
      right: plain('b', { ifUnknown: 'incident' }),
    });
    return givenSaga(legs).whenSilent();
  };

  it('has to name one of several', () => {
    expect(two().whenRetried().effects).toMatchObject([{ kind: 'refused', code: 'AMBIGUOUS' }]);
    expect(two().whenRetried('b').messages).toEqual(['b/1/do#1']);
  });

  it('is told when there is none', () => {
    const saga = givenSaga(step('a'));

    expect(saga.whenRetried().effects).toMatchObject([{ kind: 'refused', code: 'NO_INCIDENT' }]);
    expect(saga.whenSkipped('a').state).toBe(saga.state);
  });
});

describe('a person who cancels', () => {
  it('has everything undone', () => {
    const cancelled = givenSaga(seq('steps', step('a'), step('b')))
      .whenSucceeds('a')
      .whenFails('b')
      .whenCancelled();

    expect(cancelled.status).toBe('compensating');
    expect(cancelled.whenSucceeds('a/undo').effects).toMatchObject([
      { kind: 'settled', direction: 'undo' },
      { kind: 'finish', status: 'cancelled', failure: { error: 'cancelled' } },
    ]);
  });

  it('ends open incidents', () => {
    const cancelled = givenSaga(step('a', { retry: once }))
      .whenSilent()
      .whenCancelled();

    expect(cancelled.incidents).toEqual({});
  });

  it('is refused when the saga has ended', () => {
    expect(givenSaga(step('a')).whenSucceeds('a').whenCancelled().effects).toMatchObject([
      { code: 'FINISHED' },
    ]);
  });

  it('is refused when everything is being undone already', () => {
    const undoing = givenSaga(seq('steps', step('a'), step('b')))
      .whenSucceeds('a')
      .whenRejected('b');

    expect(undoing.whenCancelled().effects).toMatchObject([{ code: 'ALREADY_UNDOING' }]);
  });
});

describe('an event about the end that cannot be made', () => {
  const mute = program(step('a'), {
    outcomes: {
      completed: {
        event: 'shop.done',
        data: () => {
          throw new ExpressionError('no such field');
        },
      },
    },
  });

  it('waits for a person', () => {
    const done = givenSaga(mute).whenSucceeds('a');

    expect(done.incidents).toEqual({ saga: 'OUTCOME_INVALID' });
    expect(done.status).toBe('running');
  });

  it('is left out when a person skips it', () => {
    expect(givenSaga(mute).whenSucceeds('a').whenSkipped().status).toBe('completed');
  });
});
