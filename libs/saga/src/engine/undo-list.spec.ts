import { describe, expect, it } from '@jest/globals';
import {
  givenSaga,
  handler,
  par,
  pivot,
  plain,
  program,
  scope,
  seq,
  step,
  wait,
} from '../../test-engine/saga-scenario.js';
import type { CallUndo } from '../node.js';

const patience = {
  retry: { attempts: 1, delayMs: 1_000, factor: 2, maxDelayMs: 5_000, jitter: 0 },
  timeout: { afterMs: 10_000, acceptedMs: 60_000 },
};
const closing: CallUndo = { call: 'shop.close-account', ...patience };
const twoCalls = {
  child: seq(
    'a.compensate',
    plain('first', { data: ({ self }) => self!.sent }),
    plain('second', { retry: patience.retry }),
  ),
};

describe('something that blocks undo', () => {
  const undoing = givenSaga(seq('steps', step('a', { undo: twoCalls }), step('b')))
    .whenSucceeds('a')
    .whenRejected('b');

  it('is undone when they have come to their end', () => {
    const second = undoing.whenSucceeds('first');

    expect(undoing.messages).toEqual(['first/1/do#1']);
    expect(second.sent).toEqual(['shop.second']);
    expect(second.whenSucceeds('second').status).toBe('compensated');
  });

  it('is seen by them', () => {
    expect(undoing.opened('first').data).toEqual({ orderId: 'O1' });
  });

  it('waits for a person where one of them fails', () => {
    const stuck = undoing.whenSucceeds('first').whenRejected('second', 'no');

    expect(stuck.incidents).toEqual({ second: 'UNDO_FAILED' });
    expect(stuck.whenRetried('second').messages).toEqual(['second/2/do#1']);
    expect(stuck.whenRetried('second').whenSucceeds('second').status).toBe('compensated');
    expect(stuck.whenSkipped('second').status).toBe('compensated');
  });

  it('may be put right by hand then', () => {
    const fixed = undoing.whenSucceeds('first').whenRejected('second', 'no').whenFixed('a');

    expect([fixed.status, fixed.incidents]).toEqual(['compensated', {}]);
    expect(fixed.skipped).toEqual({ 'a/1/undo': 'put right by ann: done by hand' });
  });

  it('cannot be put right by hand while they are at work', () => {
    expect(undoing.whenFixed('a').refused).toEqual(['UNDO_SENT']);
  });

  it('is undone before what was done before it', () => {
    const chain = givenSaga(seq('steps', step('z'), step('a', { undo: twoCalls }), step('b')))
      .whenSucceeds('z')
      .whenSucceeds('a')
      .whenRejected('b');

    expect(chain.sent).toEqual(['shop.first']);
    expect(chain.whenSucceeds('first').whenSucceeds('second').sent).toEqual(['shop.undo-z']);
  });

  it('is undone beside what was done beside it', () => {
    const beside = givenSaga(
      seq('steps', par('both', { one: step('a', { undo: twoCalls }), two: step('z') }), step('b')),
    )
      .whenSucceeds('a')
      .whenSucceeds('z')
      .whenRejected('b');

    expect(beside.sent).toEqual(['shop.undo-z', 'shop.first']);
  });

  it('may wait in between', () => {
    const slow = { child: seq('a.compensate', wait('pause', 5_000), plain('first')) };
    const paused = givenSaga(seq('steps', step('a', { undo: slow }), step('b')))
      .whenSucceeds('a')
      .whenRejected('b');

    expect(paused.sent).toEqual([]);
    expect(paused.whenLater(5_000).sent).toEqual(['shop.first']);
  });

  it('may be undone again after a savepoint', () => {
    const saved = scope('group', seq('list', step('a', { undo: twoCalls }), step('b')), {
      handlers: { rejected: handler('retry', { undo: true }) },
    });
    const again = givenSaga(saved)
      .whenSucceeds('a')
      .whenRejected('b')
      .whenSucceeds('first')
      .whenSucceeds('second');
    const twice = again.whenSucceeds('a').whenRejected('b');

    expect(again.messages).toEqual(['a/2/do#1']);
    expect(twice.messages).toEqual(['first/2/do#1']);
    expect(twice.whenSucceeds('first').whenSucceeds('second').messages).toEqual(['a/3/do#1']);
  });
});

describe('a group that is undone as a whole', () => {
  const account = scope('account', seq('list', step('open'), step('fund')), {
    undo: { ...closing, data: ({ self }) => ({ of: self!.output ?? null, sent: self!.sent }) },
    output: () => 'A1',
  });
  const opened = givenSaga(seq('steps', step('z'), account, step('b')))
    .whenSucceeds('z')
    .whenSucceeds('open')
    .whenSucceeds('fund');

  it('is undone by one command once it is complete', () => {
    const undone = opened.whenRejected('b');

    expect(undone.messages).toEqual(['account/1/undo#1']);
    expect(undone.opened('account/undo')).toMatchObject({
      call: 'shop.close-account',
      data: { of: 'A1', sent: { orderId: 'O1' } },
    });
    // Nobody was ever asked for the group, so nobody could tell that it is there.
    expect(undone.opened('account/undo').compensates).toBeUndefined();
    expect(undone.whenSucceeds('account/undo').sent).toEqual(['shop.undo-z']);
  });

  it('is undone part by part before', () => {
    const half = givenSaga(account).whenSucceeds('open').whenRejected('fund');

    expect(half.sent).toEqual(['shop.undo-open']);
  });

  it('has nothing to undo where nothing was done', () => {
    const idle = givenSaga(seq('steps', scope('idle', seq('list'), { undo: closing }), step('b')));

    expect(idle.whenRejected('b').status).toBe('compensated');
  });

  it('is undone at a savepoint, too', () => {
    const saved = scope('outer', seq('outerList', account, step('b')), {
      handlers: { rejected: handler('retry', { undo: true }) },
    });
    const undone = givenSaga(saved).whenSucceeds('open').whenSucceeds('fund').whenRejected('b');

    expect(undone.sent).toEqual(['shop.close-account']);
    expect(undone.whenSucceeds('account/undo').messages).toEqual(['open/2/do#1']);
  });

  it('keeps what is done when only what failed is tried again', () => {
    const kept = scope('outer', seq('outerList', account, step('b')), {
      handlers: { rejected: handler('retry') },
    });
    const again = givenSaga(kept).whenSucceeds('open').whenSucceeds('fund').whenRejected('b');

    expect(again.messages).toEqual(['b/2/do#1']);
  });

  it('is kept behind the pivot', () => {
    const past = givenSaga(seq('steps', account, pivot('ship'), plain('mail')))
      .whenSucceeds('open')
      .whenSucceeds('fund')
      .whenSucceeds('ship')
      .whenRejected('mail');

    expect([past.sent, past.incidents]).toEqual([[], { mail: 'UNCAUGHT' }]);
  });

  it('covers a group inside', () => {
    const nested = scope('outer', seq('outerList', account, step('more')), {
      undo: { ...closing, call: 'shop.close-all' },
    });
    const undone = givenSaga(seq('steps', nested, step('b')))
      .whenSucceeds('open')
      .whenSucceeds('fund')
      .whenSucceeds('more')
      .whenRejected('b');

    expect(undone.sent).toEqual(['shop.close-all']);
    expect(undone.whenSucceeds('outer/undo').status).toBe('compensated');
  });

  it('may be undone by blocks', () => {
    const listed = scope('account', seq('list', step('open')), {
      undo: { child: seq('account.compensate', plain('first')) },
    });
    const undone = givenSaga(seq('steps', listed, step('b')))
      .whenSucceeds('open')
      .whenRejected('b');

    expect(undone.sent).toEqual(['shop.first']);
    expect(undone.whenSucceeds('first').status).toBe('compensated');
  });

  it('may be put right by hand', () => {
    expect(opened.whenFixed('account').whenRejected('b').sent).toEqual(['shop.undo-z']);
  });

  it('withdraws the plan as its parts do', () => {
    const doubted = program(
      seq(
        'steps',
        account,
        step('b', { ifUnknown: 'undo', retry: patience.retry, undo: { ...closing, coolDownMs: 60_000 } }),
      ),
    );
    const late = givenSaga(doubted).whenSucceeds('open').whenSucceeds('fund').whenLater(30_000);

    expect([late.status, late.sent]).toEqual(['compensating', []]);
    expect(late.whenSucceeds('b').status).toBe('completed');
  });
});
