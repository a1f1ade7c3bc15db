import { describe, expect, it } from '@jest/globals';
import { givenSaga, handler, par, program, scope, seq, step, wait } from '../../test-engine/saga-scenario.js';
import type { TaskAsk } from '../wait-node.js';

function task(block: string): TaskAsk {
  return { kind: 'ask', channel: 'task', id: block, block, answers: {}, request: () => ({ title: block }) };
}

const answered = { what: 'answered' };
const start = 1_000_000;

/** An answer that comes so long after the start. */
function at(ms: number) {
  return { ...answered, now: start + ms };
}

describe('the time of a block in which people decide', () => {
  const timed = (...inside: Parameters<typeof seq>[1][]) =>
    scope('timed', seq('inside', ...inside), {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('continue') },
    });

  it('does not run out', () => {
    expect(
      givenSaga(timed(task('look')))
        .whenLater(60_000)
        .outcomeOf('timed'),
    ).toBeUndefined();
  });

  it('goes on with what was left when they have decided', () => {
    const decided = givenSaga(timed(step('one'), task('look'), wait('pause', 60_000)))
      .whenSucceeds('one', {}, { now: start + 2_000 })
      .whenHeard('look', {}, at(60_000));

    expect(decided.whenLater(2_999).outcomeOf('timed')).toBeUndefined();
    expect(decided.whenLater(3_000).outcomeOf('timed')).toBe('timed-out');
  });

  it('waits for the last of several', () => {
    const both = timed(par('both', { left: task('one'), right: task('two') }), wait('pause', 60_000));
    const one = givenSaga(both).whenHeard('one', {}, at(1_000));

    expect(one.whenLater(60_000).outcomeOf('timed')).toBeUndefined();
    expect(one.whenHeard('two', {}, at(9_000)).whenLater(5_000).outcomeOf('timed')).toBe('timed-out');
  });

  it('begins when they have decided where it was to begin anew', () => {
    const again = scope('timed', par('both', { left: task('look'), right: step('one', { retry: once }) }), {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('continue'), failed: handler('retry', { times: 1 }) },
    });
    const retried = givenSaga(again).whenFails('one').whenLater(60_000);

    expect(retried.outcomeOf('timed')).toBeUndefined();
  });

  it('goes on when what they decided comes to nothing', () => {
    const inner = scope('inner', par('both', { left: task('look'), right: step('one', { retry: once }) }), {
      handlers: { failed: handler('continue') },
    });
    const asked = givenSaga(timed(inner, wait('pause', 60_000)));
    const given = asked.whenFails('one', { now: start + 7_000 }).whenHeard('look', {}, at(9_000));

    expect(given.whenLater(5_000).outcomeOf('timed')).toBe('timed-out');
  });
});

describe('the time of a saga', () => {
  it('does not run out while people decide', () => {
    const given = givenSaga(program(seq('all', step('one'), task('look')), { timeoutMs: 10_000 }))
      .whenSucceeds('one')
      .whenLater(1_000_000);

    expect(given.status).toBe('running');
    expect(given.whenHeard('look', {}, answered).status).toBe('completed');
  });

  it('still cancels what they are asked', () => {
    const cancelled = givenSaga(seq('all', step('one'), task('look')))
      .whenSucceeds('one')
      .whenCancelled();

    expect(cancelled.waits).toEqual(['release look/1/wait']);
    expect(cancelled.sent).toEqual(['shop.undo-one']);
  });
});

const once = { attempts: 1, delayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0 } as const;
