import { describe, expect, it } from '@jest/globals';
import {
  givenSaga,
  handler,
  par,
  pivot,
  program,
  scope,
  seq,
  step,
} from '../../test-engine/saga-scenario.js';
import type { LockAsk } from '../wait-node.js';

function lock(block: string): LockAsk {
  return {
    kind: 'ask',
    channel: 'lock',
    id: block,
    block,
    resource: () => `dock/${block}`,
    leaseMs: 60_000,
    conflict: 'wait',
    undo: { release: 'lock' },
  };
}

const granted = { what: 'granted' } as const;
const lost = { what: 'lost' } as const;
const slot = lock('slot');

describe('a lock', () => {
  const given = givenSaga(seq('steps', step('before'), slot, step('load'), step('ship')));
  const held = given.whenSucceeds('before').whenHeard('slot', { token: 7 }, granted);
  const loaded = held.whenSucceeds('load');

  it('is asked for and held', () => {
    expect(given.whenSucceeds('before').effects).toContainEqual(
      expect.objectContaining({
        kind: 'await',
        id: 'slot/1/wait',
        channel: 'lock',
        request: { resource: 'dock/slot', leaseMs: 60_000, conflict: 'wait' },
      }),
    );
    expect(held.sent).toEqual(['shop.load']);
    expect(held.waits).toEqual([]);
    expect(held.outputOf('slot')).toEqual({ token: 7 });
  });

  it('is named by whatever is sent under it', () => {
    expect(given.opened('before').locks).toBeUndefined();
    expect(held.opened('load').locks).toEqual([{ resource: 'dock/slot', token: 7 }]);
    expect(loaded.whenRejected('ship').opened('load/undo').locks).toEqual([
      { resource: 'dock/slot', token: 7 },
    ]);
  });

  it('is lost when a participant says so that was asked under it', () => {
    expect(held.whenRejected('load', 'lock-lost').state.failure).toMatchObject({
      error: 'lock-lost',
    });
    expect(given.whenRejected('before', 'lock-lost').state.failure).toMatchObject({ error: 'rejected' });
  });

  it('is given back when what stands under it is undone', () => {
    const undoing = loaded.whenRejected('ship');
    const released = undoing.whenSucceeds('load/undo');

    expect(undoing.waits).toEqual([]);
    expect(released.waits).toEqual(['release slot/1/wait']);
    expect(released.sent).toEqual(['shop.undo-before']);
    expect(released.opened('before/undo').locks).toBeUndefined();
  });

  it('says what was undone under it, and of nothing else', () => {
    const released = loaded.whenRejected('ship').whenSucceeds('load/undo');

    expect(released.effects).toContainEqual(
      expect.objectContaining({ kind: 'release', id: 'slot/1/wait', undone: ['load/1/do'] }),
    );
    expect(held.whenRejected('load').effects).toContainEqual({
      kind: 'release',
      id: 'slot/1/wait',
      channel: 'lock',
      block: 'slot',
      reason: 'undo',
    });
  });

  it('has what it supersedes named by whatever is sent under it', () => {
    const supersedes = ['load/1/do~k.other'];
    const after = given.whenSucceeds('before').whenHeard('slot', { token: 9, supersedes }, granted);

    expect(after.opened('load').locks).toEqual([{ resource: 'dock/slot', token: 9, supersedes }]);
  });

  it('is locked where it is refused', () => {
    const refused = given.whenSucceeds('before').whenHeard('slot', {}, { what: 'refused' });

    expect(refused.state.failure).toMatchObject({ error: 'locked', step: 'slot' });
    expect(refused.sent).toEqual(['shop.undo-before']);
  });

  it('is not named beside it', () => {
    const beside = givenSaga(par('both', { left: seq('one', slot, step('load')), right: step('other') }));

    expect(beside.opened('other').locks).toBeUndefined();
  });

  it('is not named once it is being given back, nor when a message is said again', () => {
    const legs = par('both', { left: seq('one', slot, step('load')), right: step('other') }, { tolerate: 1 });
    const without = givenSaga(seq('steps', legs, step('ship')))
      .whenHeard('slot', { token: 7 }, granted)
      .whenRejected('load')
      .whenSucceeds('other');
    const first = without.opened('ship');
    const again = without.whenSilent().whenSilent();

    expect(without.waits).toContain('release slot/1/wait');
    expect(first.locks).toBeUndefined();
    expect(again.opened('ship')).toEqual({ ...first, isRepeat: true });
  });

  it('is withdrawn where nobody waits for it any more', () => {
    expect(givenSaga(slot).whenCancelled().waits).toEqual(['release slot/1/wait']);
  });
});

describe('a lock that somebody else takes over', () => {
  it('is lost, and everything under it is undone first', () => {
    const held = givenSaga(seq('steps', slot, step('load'), step('ship')))
      .whenHeard('slot', { token: 7 }, granted)
      .whenSucceeds('load');
    const losing = held.whenHeard('slot', {}, lost);

    expect(losing.state.failure).toMatchObject({ error: 'lock-lost' });
    expect([losing.status, losing.waits]).toEqual(['compensating', []]);
    expect(losing.whenSucceeds('ship/undo').whenSucceeds('load/undo').waits).toEqual(['release slot/1/wait']);
  });

  it('may be handled where it was taken', () => {
    const handlers = { 'lock-lost': handler('retry', { undo: true }) };
    const group = scope('group', seq('steps', slot, step('load')), { handlers });
    const held = givenSaga(group).whenHeard('slot', { token: 7 }, granted);
    const losing = held.whenHeard('slot', {}, lost).whenSucceeds('load/undo');

    expect(losing.waits).toEqual(['release slot/1/wait', 'await slot/2/wait']);
  });

  it('is kept behind the pivot', () => {
    const held = givenSaga(program(seq('steps', slot, pivot('ship'), step('tell'))))
      .whenHeard('slot', { token: 7 }, granted)
      .whenSucceeds('ship');
    const kept = held.whenHeard('slot', {}, lost);

    expect(kept.effects).toMatchObject([
      { kind: 'await', id: 'slot/1/wait', request: { resource: 'dock/slot', keeps: true } },
    ]);
    expect(kept.status).toBe('running');
  });

  it('is given back by itself where everything is undone anyway', () => {
    const held = givenSaga(seq('steps', slot, step('load'))).whenHeard('slot', { token: 7 }, granted);
    const cancelled = held.whenCancelled();

    expect(cancelled.whenHeard('slot', {}, lost).effects).toEqual([]);
  });
});
