import { describe, expect, it } from '@jest/globals';
import { givenSaga, handler, scope, seq, step, verifiedBy } from '../../test-engine/saga-scenario.js';
import { ExpressionError } from '../expression/expression-error.js';
import type { CommandAsk } from '../node.js';

const minutes = 60_000;

const answeredBy: Pick<CommandAsk, 'answeredBy'> = {
  answeredBy: {
    event: {
      event: 'oms.exported',
      key: ({ self }) => (self!.sent as { orderId: string }).orderId,
      match: ({ data }) => (data as { state?: string }).state === 'cancelled',
    },
    output: ({ data }) => ({ at: (data as { at: string }).at }),
  },
};
const sends = { data: () => ({ orderId: 'O7' }) };
const cancel = step('cancel', { ...answeredBy, ...sends });
const cancelled = { state: 'cancelled', at: 'midnight' };

describe('a command that an event answers', () => {
  it('asks for the event by what it sends, before the command leaves', () => {
    expect(givenSaga(cancel).effects).toMatchObject([
      {
        kind: 'await',
        id: 'cancel/1/wait',
        request: { subscriptions: [{ event: 'oms.exported', key: 'O7' }] },
      },
      { kind: 'open', operation: 'cancel/1/do', data: { orderId: 'O7' } },
    ]);
  });

  it('is done when the event comes, with what it says as output', () => {
    const done = givenSaga(seq('steps', cancel, step('tell'))).whenHeard('cancel', cancelled);

    expect(done.outputOf('cancel')).toEqual({ at: 'midnight' });
    expect(done.waits).toEqual(['release cancel/1/wait']);
    expect(done.sent).toEqual(['shop.tell']);
  });

  it('takes no notice of an event that does not match', () => {
    const asked = givenSaga(cancel);

    expect(asked.whenHeard('cancel', { state: 'shipped' }).state).toBe(asked.state);
    expect(asked.whenHeard('cancel', 'nothing like that').status).toBe('running');
  });

  it('goes on only once when the event comes twice', () => {
    const done = givenSaga(seq('steps', cancel, step('tell'))).whenHeard('cancel', cancelled);

    expect(done.whenHeard('cancel', cancelled).state).toBe(done.state);
  });

  it('is sent again while the event stays out, and listened for once', () => {
    const silent = givenSaga(cancel).whenSilent().whenSilent();

    expect(silent.messages).toEqual(['cancel/1/do#1']);
    expect(silent.waits).toEqual([]);
    expect(silent.whenHeard('cancel', cancelled).status).toBe('completed');
  });

  it('is asked about where there is a question', () => {
    const silent = givenSaga(
      step('cancel', { ...answeredBy, ...sends, ...verifiedBy('shop.state') }),
    ).whenLater(minutes);

    expect(silent.sent).toEqual(['shop.state']);
  });

  it('is undone when the event comes after the flow went on without it', () => {
    const waiting = givenSaga(scope('both', cancel, { timeoutMs: minutes / 60, handlers: {} })).whenLater(
      minutes / 60,
    );

    expect(waiting.sent).toEqual(['shop.undo-cancel']);
  });

  it('says what it could not read of an event', () => {
    const output = () => {
      throw new ExpressionError('no such field');
    };
    const unread = givenSaga(
      step('cancel', { ...sends, answeredBy: { ...answeredBy.answeredBy!, output } }),
    ).whenHeard('cancel', cancelled);

    expect(unread.status).toBe('running');
    expect(unread.effects).toMatchObject([
      { kind: 'noted', note: { what: 'drifted', problems: ['no such field'] } },
    ]);
  });

  it('sends nothing where the key of the event cannot be made', () => {
    const key = () => {
      throw new ExpressionError('no such field');
    };
    const broken = givenSaga(
      step('cancel', { ...sends, answeredBy: { event: { event: 'oms.exported', key } } }),
    );

    expect(broken.effects).toMatchObject([{ kind: 'finish', failure: { error: 'invalid' } }]);
  });

  it('listens anew when it is tried again from the beginning', () => {
    const handlers = { refused: handler('retry', { times: 1 }) };
    const again = givenSaga(scope('both', cancel, { handlers })).whenRejected('cancel', 'refused');

    expect(again.waits).toEqual(['release cancel/1/wait', 'await cancel/2/wait']);
  });
});
