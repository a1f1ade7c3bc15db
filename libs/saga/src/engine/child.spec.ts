import { describe, expect, it } from '@jest/globals';
import { givenSaga, handler, par, scope, seq, step } from '../../test-engine/saga-scenario.js';
import type { SagaAsk } from '../wait-node.js';

function child(block: string, parts: Partial<SagaAsk> = {}): SagaAsk {
  return {
    kind: 'ask',
    channel: 'saga',
    id: block,
    block,
    definition: 'billing',
    key: () => null,
    input: ({ input }) => input,
    detached: false,
    undo: { release: 'saga' },
    ...parts,
  };
}

const completed = { saga: 'child-1', status: 'completed' };
const bill = child('bill');
const releases = (effects: readonly { readonly kind: string }[]) =>
  effects.filter(({ kind }) => kind === 'release');

describe('another saga that is waited for', () => {
  const given = givenSaga(seq('steps', bill, step('ship')));
  const billed = given.whenHeard('bill', completed, { what: 'completed' });

  it('is started with its input', () => {
    expect(given.effects).toMatchObject([
      {
        kind: 'await',
        channel: 'saga',
        request: { definition: 'billing', key: null, input: { orderId: 'O1' }, detached: false },
      },
    ]);
  });

  it('gives its end to what stands behind', () => {
    expect(billed.outputOf('bill')).toEqual(completed);
    expect(billed.sent).toEqual(['shop.ship']);
  });

  it.each(['compensated', 'cancelled', 'refused'])('fails where it was %s', (what) => {
    const failed = given.whenHeard('bill', { status: what }, { what });

    expect(failed.status).toBe('compensated');
    expect(failed.state.failure).toMatchObject({ error: 'failed', step: 'bill', data: { status: what } });
  });

  it('passes on what it ended in, and what led to that', () => {
    const failure = { error: 'no-stock', step: 'reserve', message: 'rejected with no-stock', at: 5 };
    const root = { error: 'closed', step: 'open', message: 'rejected with closed', at: 4 };
    const failed = given.whenHeard(
      'bill',
      { status: 'compensated', failure: { ...failure, causes: [root] } },
      { what: 'compensated' },
    );

    expect(failed.state.failure?.causes).toEqual([failure, root]);
  });

  it('says why it was refused', () => {
    const failed = given.whenHeard('bill', { reason: 'the key is taken' }, { what: 'refused' });

    expect(failed.state.failure?.message).toBe('billing was refused: the key is taken');
  });

  it('is asked to undo what it did and says when it has', () => {
    const undoing = billed.whenRejected('ship');

    expect(releases(undoing.effects)).toMatchObject([{ id: 'bill/1/wait', reason: 'undo' }]);
    expect(undoing.status).toBe('compensating');
    expect(undoing.whenHeard('bill', {}, { what: 'undone' }).status).toBe('compensated');
  });

  it('is an incident where it cannot', () => {
    const undoing = billed.whenRejected('ship');
    const refused = undoing.whenHeard('bill', { reason: 'the pivot took effect' }, { what: 'refused' });

    expect(refused.incidents).toEqual({ bill: 'UNDO_FAILED' });
    expect(releases(refused.whenRetried().effects)).toMatchObject([{ reason: 'undo' }]);
    expect(refused.whenSkipped().status).toBe('compensated');
  });

  it('is undone where it is under way', () => {
    const cancelled = given.whenCancelled();

    expect(releases(cancelled.effects)).toMatchObject([{ id: 'bill/1/wait', reason: 'undo' }]);
    expect(cancelled.whenHeard('bill', {}, { what: 'cancelled' }).status).toBe('cancelled');
  });

  it('is asked again where it came to its end before it was told', () => {
    const late = given.whenCancelled().whenHeard('bill', completed, { what: 'completed' });

    expect(releases(late.effects)).toMatchObject([{ reason: 'undo' }]);
    expect(late.status).toBe('compensating');
  });

  it('goes on where another leg begins again', () => {
    const legs = par('both', { left: bill, right: step('book') });
    const handlers = { no: handler('retry') };
    const refused = givenSaga(scope('group', legs, { handlers })).whenRejected('book');
    const again = refused.whenHeard('bill', completed, { what: 'completed' });

    expect(releases(refused.effects)).toEqual([]);
    expect(again.messages).toEqual(['book/2/do#1']);
  });

  it('is undone in reverse order', () => {
    const steps = seq('steps', step('reserve'), bill, step('charge'), step('ship'));
    const refused = givenSaga(steps)
      .whenSucceeds('reserve')
      .whenHeard('bill', completed, { what: 'completed' })
      .whenSucceeds('charge')
      .whenRejected('ship');
    const released = refused.whenSucceeds('charge/undo');

    expect([refused.sent, refused.waits]).toEqual([['shop.undo-charge'], []]);
    expect([released.sent, released.waits]).toEqual([[], ['release bill/1/wait']]);
    expect(released.whenHeard('bill', {}, { what: 'undone' }).sent).toEqual(['shop.undo-reserve']);
  });

  it('stays where nothing undoes it', () => {
    const { undo: _, ...kept } = bill;
    const steps = seq('steps', kept, step('ship'));
    const refused = givenSaga(steps).whenHeard('bill', completed, { what: 'completed' }).whenRejected('ship');

    expect([refused.waits, refused.status]).toEqual([[], 'compensated']);
  });
});

describe('another saga that is only started', () => {
  it('is not waited for', () => {
    const given = givenSaga(seq('steps', child('bill', { detached: true }), step('ship')));

    expect(given.waits).toEqual(['await bill/1/wait']);
    expect(given.sent).toEqual(['shop.ship']);
  });
});

describe('a saga that has completed', () => {
  const undo = { kind: 'action', now: 1_000_001, by: 'a saga', action: { kind: 'undo' } } as const;

  it('undoes what it did when it is asked to', () => {
    const steps = seq('steps', step('reserve'), step('charge'));
    const undoing = givenSaga(steps).whenSucceeds('reserve').whenSucceeds('charge').when(undo);
    const undone = undoing.whenSucceeds('charge/undo').whenSucceeds('reserve/undo');

    expect([undoing.status, undoing.sent]).toEqual(['compensating', ['shop.undo-charge']]);
    expect(undone.effects).toContainEqual(expect.objectContaining({ kind: 'finish', status: 'compensated' }));
  });

  it('refuses to once its pivot took effect', () => {
    const done = givenSaga(step('ship', { pivot: true })).whenSucceeds('ship');

    expect([done.status, done.when(undo).refused]).toEqual(['completed', ['PAST_PIVOT']]);
  });
});
