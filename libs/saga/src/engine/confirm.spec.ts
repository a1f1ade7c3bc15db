import { describe, expect, it } from '@jest/globals';
import {
  givenSaga,
  handler,
  pivot,
  plain,
  scope,
  seq,
  step,
  verifiedBy,
} from '../../test-engine/saga-scenario.js';
import { ExpressionError } from '../expression/expression-error.js';
import type { CommandAsk } from '../node.js';

const minutes = 60_000;

const confirm: Pick<CommandAsk, 'confirm'> = {
  confirm: {
    event: {
      event: 'shop.scanned',
      key: ({ saga }) => saga.key,
      match: ({ data }) => (data as { ok?: boolean }).ok === true,
    },
    withinMs: 10 * minutes,
  },
};

const pick = step('pick', confirm);
const asked = step('pick', { ...confirm, ...verifiedBy('shop.pick-status') });
const scanned = { ok: true };

describe('a step that an event has to confirm', () => {
  it('asks for the event before its command leaves', () => {
    expect(givenSaga(pick).effects).toMatchObject([
      {
        kind: 'await',
        id: 'pick/1/wait',
        request: { subscriptions: [{ event: 'shop.scanned', key: 'K1' }] },
      },
      { kind: 'open', operation: 'pick/1/do' },
    ]);
  });

  it('is not done with its answer alone', () => {
    const answered = givenSaga(seq('steps', pick, step('load'))).whenSucceeds('pick', { id: 7 });

    expect(answered.sent).toEqual([]);
    expect(answered.outcomeOf('pick')).toBeUndefined();
  });

  it('is done when the event comes, with the output of the answer', () => {
    const done = givenSaga(seq('steps', pick, step('load')))
      .whenSucceeds('pick', { id: 7 })
      .whenHeard('pick', scanned);

    expect(done.outputOf('pick')).toEqual({ id: 7 });
    expect(done.waits).toEqual(['release pick/1/wait']);
    expect(done.sent).toEqual(['shop.load']);
  });

  it('takes an event that was faster than the answer', () => {
    const early = givenSaga(pick).whenHeard('pick', scanned);

    expect(early.status).toBe('running');
    expect(early.whenSucceeds('pick').status).toBe('completed');
  });

  it('takes no notice of an event that does not match', () => {
    const answered = givenSaga(pick).whenSucceeds('pick');

    expect(answered.whenHeard('pick', { ok: false }).state).toBe(answered.state);
  });

  it('does not begin its time again when the answer comes twice', () => {
    const answered = givenSaga(pick)
      .whenSucceeds('pick')
      .whenLater(5 * minutes);

    expect(answered.whenSucceeds('pick').state).toBe(answered.state);
  });

  it('sends nothing where the key of the event cannot be made', () => {
    const key = () => {
      throw new ExpressionError('no such field');
    };
    const broken = givenSaga(
      step('pick', { confirm: { withinMs: 1, event: { event: 'shop.scanned', key } } }),
    );

    expect(broken.effects).toMatchObject([{ kind: 'finish', failure: { error: 'invalid' } }]);
  });
});

describe('an event that stays out', () => {
  it('is an incident, and the step is never done', () => {
    const missed = givenSaga(seq('steps', step('reserve'), pick))
      .whenSucceeds('reserve')
      .whenSucceeds('pick')
      .whenLater(10 * minutes);

    expect(missed.incidents).toEqual({ pick: 'UNKNOWN' });
    expect(missed.outcomeOf('pick')).toBe('unconfirmed');
    expect(missed.sent).toEqual([]);
  });

  it('is asked about first', () => {
    const missed = givenSaga(asked)
      .whenSucceeds('pick')
      .whenLater(10 * minutes);

    expect(missed.sent).toEqual(['shop.pick-status']);
    expect(missed.incidents).toEqual({});
  });

  it('is not made good by who has said before that it was done', () => {
    const again = givenSaga(asked)
      .whenSucceeds('pick')
      .whenLater(10 * minutes)
      .whenSucceeds('pick/verify', { id: 8 });

    expect(again.incidents).toEqual({ pick: 'UNKNOWN' });
    expect(again.whenHeard('pick', scanned).status).toBe('completed');
  });

  it('ends the incident when it comes after all', () => {
    const late = givenSaga(seq('steps', pick, step('load')))
      .whenSucceeds('pick', { id: 7 })
      .whenLater(10 * minutes)
      .whenHeard('pick', scanned);

    expect(late.incidents).toEqual({});
    expect(late.outputOf('pick')).toEqual({ id: 7 });
    expect(late.sent).toEqual(['shop.load']);
  });

  it('can be caught', () => {
    const caught = givenSaga(scope('both', pick, { handlers: { unconfirmed: handler('compensate') } }))
      .whenSucceeds('pick')
      .whenLater(10 * minutes);

    expect(caught.sent).toEqual(['shop.undo-pick']);
  });

  it('is waited for no more once the flow goes on', () => {
    const handled = givenSaga(
      scope('both', plain('pick', confirm), { handlers: { unconfirmed: handler('continue') } }),
    )
      .whenSucceeds('pick')
      .whenLater(10 * minutes);

    expect(handled.waits).toEqual(['release pick/1/wait']);
    expect(handled.status).toBe('completed');
  });

  it('gives the same command its time again when a person tries again', () => {
    const again = givenSaga(pick)
      .whenSucceeds('pick')
      .whenLater(10 * minutes)
      .whenRetried();

    expect(again.messages).toEqual(['pick/1/do#1']);
    const missed = again.whenSucceeds('pick').whenLater(10 * minutes);
    expect(missed.incidents).toEqual({ pick: 'UNKNOWN' });
  });
});

describe('an answer that turns out to be wrong', () => {
  const disproved = (node: CommandAsk) =>
    givenSaga(node)
      .whenSucceeds('pick')
      .whenLater(10 * minutes)
      .whenRejected('pick/verify', 'not-done');

  it('is an incident', () => {
    expect(disproved(asked).incidents).toEqual({ pick: 'UNKNOWN' });
  });

  it('is tried again as another operation', () => {
    const again = disproved(asked).whenRetried();

    expect(again.messages).toEqual(['pick/2/do#1']);
    expect(again.waits).toEqual(['release pick/1/wait', 'await pick/2/wait']);
  });

  it('is put right by an event that was only late', () => {
    expect(disproved(asked).whenHeard('pick', scanned).status).toBe('completed');
  });

  it('is no pivot', () => {
    const { undo: _, ...rest } = asked;
    const cancelled = disproved({ ...rest, pivot: true }).whenCancelled();

    expect(cancelled.refused).toEqual([]);
    expect(cancelled.status).toBe('cancelled');
  });
});

describe('a pivot that an event has to confirm', () => {
  it('is one as soon as it was answered', () => {
    const answered = givenSaga(pivot('pick', confirm)).whenSucceeds('pick');

    expect(answered.whenCancelled().refused).toEqual(['PAST_PIVOT']);
  });
});

describe('a flow that stops while an event is awaited', () => {
  const timed = (node: CommandAsk) =>
    givenSaga(scope('both', node, { timeoutMs: 5 * minutes })).whenSucceeds('pick');

  it('undoes what was answered', () => {
    expect(timed(pick).whenLater(5 * minutes).sent).toEqual(['shop.undo-pick']);
  });

  it('gives the event its time again, and sends nothing, when it goes on', () => {
    const handlers = { 'timed-out': handler('retry', { child: step('look') }) };
    const handling = givenSaga(scope('both', seq('steps', pick), { timeoutMs: 5 * minutes, handlers }))
      .whenSucceeds('pick')
      .whenLater(5 * minutes);

    const going = handling.whenSucceeds('look');
    expect(going.sent).toEqual([]);
    expect(going.whenHeard('pick', scanned).status).toBe('completed');
  });

  it('goes on with an event that came while a handler was at work', () => {
    const handlers = { 'timed-out': handler('retry', { child: step('look') }) };
    const heard = givenSaga(scope('both', seq('steps', pick), { timeoutMs: 5 * minutes, handlers }))
      .whenSucceeds('pick', { id: 7 })
      .whenLater(5 * minutes)
      .whenHeard('pick', scanned);

    expect(heard.outcomeOf('pick')).toBeUndefined();
    expect(heard.whenSucceeds('look').outputOf('pick')).toEqual({ id: 7 });
  });
});
