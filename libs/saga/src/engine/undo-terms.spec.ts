import { describe, expect, it } from '@jest/globals';
import { givenSaga, handler, pivot, program, seq, step, par } from '../../test-engine/saga-scenario.js';
import { ExpressionError } from '../expression/expression-error.js';
import type { Undo } from '../node.js';

const patience = {
  retry: { attempts: 2, delayMs: 1_000, factor: 2, maxDelayMs: 5_000, jitter: 0 },
  timeout: { afterMs: 10_000, acceptedMs: 60_000 },
};
const refund: Undo = { call: 'shop.refund', ...patience };
const unless: Undo = {
  ...refund,
  unless: {
    query: { call: 'shop.refund-status', ...patience },
    if: ({ output }) => (output as { refunded: boolean }).refunded,
    because: 'already refunded',
  },
};
const cooling: Undo = { ...refund, coolDownMs: 30_000 };

function unreadable(): never {
  throw new ExpressionError('there is no such field');
}

describe('an undo that may not be needed', () => {
  const asked = givenSaga(seq('steps', step('charge', { undo: unless }), step('ship')))
    .whenSucceeds('charge')
    .whenRejected('ship');

  it('asks before it is sent', () => {
    expect(asked.messages).toEqual(['charge/1/unless#1']);
    expect(asked.opened('charge/unless')).toMatchObject({
      call: 'shop.refund-status',
      data: { orderId: 'O1' },
    });
  });

  it('is skipped with the reason where the answer says so', () => {
    const skipped = asked.whenSucceeds('charge/unless', { refunded: true });

    expect(skipped.skipped).toEqual({ 'charge/1/undo': 'already refunded' });
    expect([skipped.sent, skipped.status]).toEqual([[], 'compensated']);
  });

  it('is sent where the answer does not', () => {
    expect(asked.whenSucceeds('charge/unless', { refunded: false }).sent).toEqual(['shop.refund']);
    expect(asked.whenRejected('charge/unless', 'not-found').sent).toEqual(['shop.refund']);
  });

  it('hears an answer once', () => {
    const skipped = asked.whenSucceeds('charge/unless', { refunded: true });

    expect(skipped.whenSucceeds('charge/unless', { refunded: false }).state).toBe(skipped.state);
  });

  it('is an incident where nobody answers, and is asked again as another question', () => {
    const stuck = asked.whenSilent().whenSilent().whenSilent();

    expect(stuck.incidents).toEqual({ charge: 'UNDO_FAILED' });
    expect(stuck.whenRetried('charge').messages).toEqual(['charge/1/unless#2']);
    expect(stuck.whenRetried('charge').whenSucceeds('charge/unless', { refunded: true }).status).toBe(
      'compensated',
    );
  });

  it('is an incident where the answer cannot be read', () => {
    const odd: Undo = { ...refund, unless: { if: unreadable, because: 'nobody knows' } };
    const saga = givenSaga(seq('steps', step('charge', { undo: odd }), step('ship'))).whenSucceeds('charge');
    const stuck = saga.whenRejected('ship');

    expect(stuck.incidents).toEqual({ charge: 'UNDO_FAILED' });
    expect(stuck.whenSkipped('charge').skipped).toEqual({ 'charge/1/undo': 'skipped by ann' });
  });

  it('needs no question where the saga knows', () => {
    const known: Undo = {
      ...refund,
      unless: { if: ({ failure }) => failure?.error === 'lost', because: 'lost' },
    };
    const charged = givenSaga(seq('steps', step('charge', { undo: known }), step('ship'))).whenSucceeds(
      'charge',
    );

    expect(charged.whenRejected('ship', 'lost').skipped).toEqual({ 'charge/1/undo': 'lost' });
    expect(charged.whenRejected('ship', 'full').sent).toEqual(['shop.refund']);
  });

  it('asks again before an undo that failed is sent again', () => {
    const failed = asked.whenSucceeds('charge/unless', { refunded: false }).whenRejected('charge/undo');
    const again = failed.whenRetried('charge');

    expect(again.messages).toEqual(['charge/1/unless#2']);
    expect(again.whenSucceeds('charge/unless', { refunded: false }).messages).toEqual(['charge/2/undo#1']);
  });
});

describe('an undo that cools down', () => {
  const decided = givenSaga(seq('steps', step('charge', { undo: cooling }), step('ship')))
    .whenSucceeds('charge')
    .whenRejected('ship');

  it('waits from the decision on', () => {
    expect(decided.sent).toEqual([]);
    expect(decided.whenLater(29_999).sent).toEqual([]);
    expect(decided.whenLater(30_000).sent).toEqual(['shop.refund']);
  });

  it('waits while another one does', () => {
    const twice = givenSaga(
      seq('steps', step('a', { undo: cooling }), step('b', { undo: cooling }), step('c')),
    )
      .whenSucceeds('a')
      .whenSucceeds('b')
      .whenRejected('c')
      .whenLater(30_000);

    expect(twice.messages).toEqual(['b/1/undo#1']);
    expect(twice.whenSucceeds('b/undo').messages).toEqual(['a/1/undo#1']);
  });

  it('is not begun for what a person has put right meanwhile', () => {
    const fixed = decided.whenLater(10_000).whenFixed('charge', 'refunded at the till');

    expect(fixed.skipped).toEqual({ 'charge/1/undo': 'put right by ann: refunded at the till' });
    expect(fixed.status).toBe('compensated');
  });
});

describe('a fix by a person', () => {
  const charged = givenSaga(seq('steps', step('charge', { undo: refund }), step('ship'))).whenSucceeds(
    'charge',
  );

  it('is honoured when the saga is undone later', () => {
    const undone = charged.whenFixed('charge').whenRejected('ship');

    expect(undone.skipped).toEqual({ 'charge/1/undo': 'put right by ann: done by hand' });
    expect([undone.sent, undone.status]).toEqual([[], 'compensated']);
  });

  it('does not keep a saga from completing', () => {
    expect(charged.whenFixed('charge').whenSucceeds('ship').status).toBe('completed');
  });

  it('needs a reason', () => {
    expect(charged.whenFixed('charge', ' ').refused).toEqual(['NO_REASON']);
  });

  it('is refused where nothing was done', () => {
    expect(charged.whenFixed('nobody').refused).toEqual(['NOTHING_TO_FIX']);
  });

  it('is refused while the undo is under way', () => {
    expect(charged.whenRejected('ship').whenFixed('charge').refused).toEqual(['UNDO_SENT']);
  });

  it('settles an undo that failed', () => {
    const fixed = charged.whenRejected('ship').whenRejected('charge/undo').whenFixed('charge');

    expect([fixed.status, fixed.incidents]).toEqual(['compensated', {}]);
  });
});

describe('a plan to undo everything for doubt', () => {
  const doubted = givenSaga(
    seq(
      'steps',
      step('charge', { undo: cooling }),
      step('provision', { undo: cooling, ifUnknown: 'undo', timeout: { afterMs: 10_000, acceptedMs: 1 } }),
      pivot('activate'),
    ),
  )
    .whenSucceeds('charge')
    .whenLater(10_000);

  it('is withdrawn by a late success before anything is undone', () => {
    const late = doubted.whenLater(12_000).whenSucceeds('provision');

    expect(doubted.status).toBe('compensating');
    expect([late.status, late.sent]).toEqual(['running', ['shop.activate']]);
    expect(late.whenSucceeds('activate').status).toBe('completed');
  });

  it('leaves the time of the saga as it was', () => {
    const late = doubted.whenLater(12_000).whenSucceeds('provision');

    expect(late.whenLater(30_000).status).toBe('running');
    expect(late.state.timers).toHaveLength(2);
  });

  it('stands once the first undo is sent', () => {
    const begun = doubted.whenLater(30_000);

    expect(begun.sent).toEqual(['shop.refund']);
    expect(begun.whenSucceeds('provision').status).toBe('compensating');
  });

  it('stands when what was in doubt has failed', () => {
    const refused = doubted.whenLater(12_000).whenRejected('provision');

    expect(refused.state).toMatchObject({ ending: { status: 'compensated' } });
    expect(refused.state).not.toHaveProperty('ending.isHeld');
  });

  it('is not held back where the cause is certain', () => {
    const refused = givenSaga(
      par('both', { one: step('a', { undo: cooling }), two: step('b', { undo: cooling }) }),
    );

    expect(refused.whenSucceeds('a').whenRejected('b').state).not.toHaveProperty('ending.isHeld');
  });
});

describe('a command whose participant refuses nothing', () => {
  const lingering = { drainMs: 60_000 };

  it('is undone only when it cannot be carried out any more', () => {
    const rejected = givenSaga(seq('steps', step('a', lingering), step('b')))
      .whenSucceeds('a')
      .whenRejected('b');

    expect(rejected.sent).toEqual([]);
    expect(rejected.whenLater(59_999).sent).toEqual([]);
    expect(rejected.whenLater(60_000).sent).toEqual(['shop.undo-a']);
  });

  it('counts from its last sending', () => {
    const repeated = givenSaga(step('a', lingering)).whenSilent().whenSilent();
    const cancelled = repeated.whenCancelled();

    expect(cancelled.sent).toEqual([]);
    expect(cancelled.whenLater(60_000).sent).toEqual(['shop.undo-a']);
  });
});

describe('a saga that a person stops', () => {
  it('may catch that', () => {
    const caught = program(seq('steps', step('a'), step('b')), {
      handlers: { cancelled: handler('compensate', { child: step('tellCustomer') }) },
    });
    const telling = givenSaga(caught).whenSucceeds('a').whenCancelled();

    expect(telling.sent).toEqual(['shop.tellCustomer']);
    expect(telling.whenSucceeds('tellCustomer').status).toBe('compensating');
  });

  it('ends as cancelled then, too', () => {
    const caught = program(step('a'), { handlers: { cancelled: handler('compensate') } });

    expect(givenSaga(caught).whenCancelled().whenSucceeds('a/undo').status).toBe('cancelled');
  });
});

describe('an exceptional path', () => {
  it('is counted when its handler begins', () => {
    const caught = program(step('a'), {
      handlers: { rejected: handler('continue', { path: 'saga.rejected' }) },
    });

    expect(givenSaga(caught).whenRejected('a').paths).toEqual(['saga.rejected']);
  });

  it('is counted where nobody catches its error', () => {
    const known = program(step('a'));

    expect(givenSaga(known).whenRejected('a', 'full').paths).toEqual(['a.full']);
  });
});

describe('what another participant undoes', () => {
  const elsewhere = (parts: object = {}) =>
    step('charge', {
      undo: { ...patience, call: 'bank.refund' },
      drainMs: 60_000,
      drainsOnlyInDoubt: true,
      ...parts,
    });

  it('is a command of its own to that one', () => {
    const refused = givenSaga(seq('steps', elsewhere(), step('ship')))
      .whenSucceeds('charge')
      .whenRejected('ship');

    expect(refused.sent).toEqual(['bank.refund']);
    expect(refused.opened('charge/undo').compensates).toBeUndefined();
  });

  it('waits until what is in doubt cannot be carried out any more', () => {
    const cancelled = givenSaga(elsewhere({ ifUnknown: 'undo' })).whenCancelled();

    expect(cancelled.sent).toEqual([]);
    expect(cancelled.whenLater(59_999).sent).toEqual([]);
    expect(cancelled.whenLater(60_000).sent).toEqual(['bank.refund']);
  });
});
