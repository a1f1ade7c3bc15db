import { describe, expect, it } from '@jest/globals';
import { grant, waitsOf } from './grant.js';
import type { Claim, LockEffect, LockInput, LockState } from './lock.js';

const start = 1_763_737_000_000;
const hour = 3_600_000;

function claim(saga: string, parts: Partial<Claim> = {}): LockInput {
  const who = { saga, definition: 'deliver', key: saga, startedAt: start };
  const wanted = { id: 'slot/1/wait', block: 'slot', leaseMs: hour, conflict: 'wait', since: start } as const;
  return { kind: 'claim', claim: { ...who, ...wanted, ...parts } };
}

const release = (saga: string, id = 'slot/1/wait'): LockInput => ({ kind: 'release', saga, id });

/** What is told after each input, a millisecond after the other. */
function told(...inputs: readonly LockInput[]) {
  let state: LockState | undefined;
  let now = start;
  const effects: LockEffect[] = [];
  const lines = inputs.map((input) => {
    const turn = grant(state, input, (now += 1));
    state = turn.state;
    effects.push(...turn.effects);
    return turn.effects.map(({ saga, what }) => `${saga} ${what}`);
  });
  return { lines, effects, state: state!, last: lines.at(-1)!, now };
}

describe('a lock', () => {
  it('is given to whoever comes first', () => {
    const { lines, state } = told(claim('a'), claim('b'), claim('c'), release('a'));

    expect(lines).toEqual([['a granted'], [], [], ['b granted']]);
    expect(state.queue.map(({ saga }) => saga)).toEqual(['c']);
  });

  it('gives tokens that only grow', () => {
    const first = told(claim('a')).state;
    const second = told(claim('a'), release('a'), claim('b')).state;

    expect(first.token).toBe(start + 1);
    expect(second.token).toBeGreaterThan(first.token);
    expect(grant({ token: start + 50, queue: [] }, claim('c'), start).state.token).toBe(start + 51);
  });

  it('is refused to whoever does not want to wait', () => {
    const { last, state } = told(claim('a'), claim('b', { conflict: 'refuse' }));

    expect([last, state.queue]).toEqual([['b refused'], []]);
  });

  it('says where its holder stands to whoever is refused', () => {
    const says = (...words: readonly string[]) => claim('a', { says: words });
    const refused = claim('b', { conflict: 'refuse' });
    const { lines, effects, state } = told(
      claim('a'),
      says('in the yard', 'at sea'),
      refused,
      says(),
      refused,
    );

    expect(lines).toEqual([['a granted'], [], ['b refused'], [], ['b refused']]);
    expect(effects.slice(1).map(({ data }) => data)).toMatchObject([
      { reason: 'deliver a holds it: in the yard; at sea', holder: { says: ['in the yard', 'at sea'] } },
      { reason: 'deliver a holds it', holder: { says: [] } },
    ]);
    expect(state.holder?.ids).toEqual(['slot/1/wait']);
  });

  it('is not taken by somebody who said where they stood and has given it back', () => {
    const late = claim('a', { says: ['in the yard'] });
    const { lines, state } = told(claim('a'), release('a'), late);

    expect(lines).toEqual([['a granted'], [], []]);
    expect([state.holder, state.queue]).toEqual([undefined, []]);
  });

  it('passes on to whoever takes it over when its holder has undone', () => {
    const { lines } = told(claim('a'), claim('b'), claim('c', { conflict: 'takeOver' }), release('a'));

    expect(lines).toEqual([['a granted'], [], ['a lost'], ['c granted']]);
  });

  it('tells whoever takes it over what was undone for that, and nobody else', () => {
    const undone = (id: string, ...names: readonly string[]): LockInput => ({
      kind: 'release',
      saga: 'a',
      id,
      undone: names,
    });
    const takeOver = claim('c', { conflict: 'takeOver' });
    const again = claim('a', { id: 'slot/2/wait' });
    const dataOf = (...inputs: readonly LockInput[]) => told(...inputs).effects.at(-1)!.data;
    const token = expect.any(Number);

    expect(dataOf(claim('a'), takeOver, undone('slot/1/wait', 'load/1/do'))).toEqual({
      token,
      supersedes: ['load/1/do'],
    });
    expect(
      dataOf(
        claim('a'),
        again,
        takeOver,
        undone('slot/2/wait', 'ship/1/do'),
        undone('slot/1/wait', 'load/1/do'),
      ),
    ).toEqual({ token, supersedes: ['ship/1/do', 'load/1/do'] });
    expect(dataOf(claim('a'), claim('b'), undone('slot/1/wait', 'load/1/do'))).toEqual({ token });
    expect(dataOf(claim('a'), takeOver, undone('slot/1/wait', 'x/1/do'), claim('b'), release('c'))).toEqual({
      token,
    });
  });

  it('stays with a holder that can only go on', () => {
    const keeps = claim('a', { keeps: true });
    const { lines, state } = told(claim('a'), claim('c', { conflict: 'takeOver' }), keeps, claim('b'));

    expect(lines).toEqual([['a granted'], ['a lost'], ['c refused'], []]);
    expect(grant(state, { kind: 'due' }, start + 2 * hour).effects).toEqual([]);
  });

  it('is asked for again once its lease is over and somebody waits', () => {
    const waiting = told(claim('a'), claim('b'));
    const { wakeAt } = grant(waiting.state, { kind: 'due' }, waiting.now);
    const due = grant(waiting.state, { kind: 'due' }, wakeAt!);

    expect(wakeAt).toBe(start + 1 + hour);
    expect(due.effects).toMatchObject([{ saga: 'a', what: 'lost' }]);
    expect(grant(due.state, { kind: 'due' }, wakeAt!).effects).toEqual([]);
    expect(grant(told(claim('a')).state, { kind: 'due' }, start + 2 * hour).effects).toEqual([]);
  });

  it('may be taken twice by one saga', () => {
    const again = claim('a', { id: 'other/1/wait' });
    const { lines, state } = told(claim('a'), again, claim('b'), release('a'));

    expect(lines).toEqual([['a granted'], ['a granted'], [], []]);
    expect(grant(state, release('a', 'other/1/wait'), start + 9).effects).toMatchObject([{ saga: 'b' }]);
  });

  it('is the same when something comes twice', () => {
    const once = told(claim('a'), claim('b'));
    const twice = told(claim('a'), claim('a'), claim('b'), claim('b'));

    expect(twice.state.queue).toEqual(once.state.queue);
    expect(grant(twice.state, release('nobody'), start + 9).state).toEqual(twice.state);
  });

  it('lets go of whoever gives way', () => {
    const waiting = told(claim('a'), claim('b')).state;
    const input = { kind: 'give-way', saga: 'b', id: 'slot/1/wait', circle: ['x', 'y', 'x'] } as const;
    const { state, effects } = grant(waiting, input, start + 9);

    expect(effects).toMatchObject([
      {
        saga: 'b',
        what: 'refused',
        data: { reason: 'x waits for y waits for x: they would wait for ever, and the youngest gives way' },
      },
    ]);
    expect(grant(state, input, start + 9).effects).toEqual([]);
  });

  it('says who waits for whom', () => {
    const waits = (...inputs: readonly LockInput[]) =>
      waitsOf(told(...inputs).state).map(({ waiter, holder }) => `${waiter.saga} for ${holder.saga}`);

    expect(waits(claim('a'), claim('b'), claim('c'))).toEqual(['b for a', 'c for a']);
    expect(waits(claim('a'), claim('b', { conflict: 'takeOver' }))).toEqual([]);
  });
});
