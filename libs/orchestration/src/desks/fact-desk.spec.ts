import { describe, expect, it } from '@jest/globals';
import type { Json } from '#libs/messaging';
import type { DeskInput, DeskPost, DeskTurn } from './desk.js';
import { factDesk, type FactState } from './fact-desk.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

class Play {
  state: FactState | undefined;
  turn: DeskTurn<FactState> | undefined;

  say(now: number, input: DeskInput): readonly DeskPost[] {
    this.turn = factDesk.fold(this.state, input, { id: 'desk', key: 'wms.stock A7', now });
    this.state = this.turn.state;
    return this.turn.posts;
  }

  learns(now: number, asOf: number, value: Json = asOf, given: { lagMs?: number; keepMs?: number } = {}) {
    const event = { id: `e${asOf}`, source: '/wms', type: 'wms.stock-changed', time: '2026-01-01T00:00:00Z' };
    const message = { kind: 'known', value, asOf, lagMs: 0, event, ...given };
    return this.say(now, { kind: 'message', message });
  }

  asks(now: number, saga: string, request: { freshMs?: number; waitMs?: number } = {}, since = now) {
    const asker = { saga, definition: 'order', businessKey: 'o-1' };
    const message = { kind: 'await', ...asker, id: 'stock/1/wait', block: 'stock', since, request };
    return this.say(now, { kind: 'message', message });
  }

  leaves(now: number, saga: string) {
    return this.say(now, { kind: 'message', message: { kind: 'release', saga, id: 'stock/1/wait' } });
  }

  wakes(now: number) {
    return this.say(now, { kind: 'due' });
  }
}

describe('a fact that is known', () => {
  it('is told at once, with the event it is known from', () => {
    const play = new Play();
    play.learns(100, 90, 7, { lagMs: 5 });

    expect(play.asks(110, 'one')).toEqual([
      {
        kind: 'heard',
        saga: 'one',
        id: 'stock/1/wait',
        what: 'fact',
        data: { value: 7, asOf: 90, lagMs: 5, kept: true },
        event: expect.objectContaining({ id: 'e90', source: '/wms' }),
      },
    ]);
    expect(play.state?.waiting).toEqual([]);
  });

  it('is what has the latest time, in whatever order it comes', () => {
    const play = new Play();
    play.learns(100, 90);
    play.learns(110, 80);

    expect(play.asks(120, 'one')).toMatchObject([{ data: { value: 90 } }]);
  });

  it('is the later one of two of the same time', () => {
    const play = new Play();
    play.learns(100, 90, 'first');
    play.learns(110, 90, 'second');

    expect(play.asks(120, 'one')).toMatchObject([{ data: { value: 'second' } }]);
  });

  it.each([
    [15 * minute, 0, 'fact'],
    [15 * minute + 1, 0, 'stale'],
    [5 * minute, 10 * minute, 'fact'],
    [5 * minute, 10 * minute + 1, 'stale'],
    [0, day, 'stale'],
  ])('of age %d with a lag of %d is, for who accepts 15 minutes, %s', (age, lagMs, what) => {
    const play = new Play();
    play.learns(day, day, 1, { lagMs });

    expect(play.asks(day + age, 'one', { freshMs: 15 * minute })).toMatchObject([{ what }]);
  });

  it('vanishes by itself when it is too old for everybody', () => {
    const play = new Play();
    play.learns(100, 90, 1, { keepMs: hour });

    expect(play.turn?.expiresAt).toBe(90 + hour + day);
  });

  it('stays where somebody accepts any age', () => {
    const play = new Play();
    play.learns(100, 90);

    expect(play.turn).toMatchObject({ state: { known: { value: 90 } }, expiresAt: undefined });
  });
});

describe('a fact that is too old', () => {
  it('is told as stale, with what there is', () => {
    const play = new Play();
    play.learns(0, 0, 7, { lagMs: 1 });

    expect(play.asks(hour, 'one', { freshMs: minute })).toMatchObject([
      { what: 'stale', data: { value: 7, asOf: 0, lagMs: 1, ageMs: hour } },
    ]);
  });

  it('is waited for as long as the one who asks wants to', () => {
    const play = new Play();
    play.learns(0, 0);
    const request = { freshMs: minute, waitMs: 10_000 };

    expect(play.asks(hour + 3_000, 'one', request, hour)).toEqual([]);
    expect(play.turn?.wakeAt).toBe(hour + 10_000);
    expect(play.learns(hour + 5_000, hour + 4_000)).toMatchObject([{ saga: 'one', what: 'fact' }]);
    expect(play.state?.waiting).toEqual([]);
  });

  it('is told as stale when the wait is over', () => {
    const play = new Play();
    play.asks(0, 'one', { freshMs: minute, waitMs: 10_000 });
    play.asks(1, 'two', { freshMs: minute, waitMs: 20_000 });

    expect(play.wakes(10_000)).toMatchObject([{ saga: 'one', what: 'stale', data: {} }]);
    expect(play.turn?.wakeAt).toBe(20_001);
  });

  it('stays waited for when what comes is too old as well', () => {
    const play = new Play();
    play.asks(hour, 'one', { freshMs: minute, waitMs: 10_000 });

    expect(play.learns(hour + 1_000, hour - minute)).toEqual([]);
    expect(play.state?.waiting).toHaveLength(1);
  });
});

describe('somebody who asks for a fact', () => {
  it('is told once, whatever is repeated', () => {
    const play = new Play();
    const request = { waitMs: 10_000 };
    play.asks(0, 'one', request);
    play.asks(1, 'one', request, 0);

    expect(play.learns(2, 2)).toHaveLength(1);
  });

  it('is not told any more after letting go', () => {
    const play = new Play();
    play.asks(0, 'one', { waitMs: 10_000 });
    play.leaves(1, 'one');

    expect(play.state).toBeUndefined();
    expect(play.learns(2, 2)).toEqual([]);
  });

  it('is told that there is nothing when it does not wait', () => {
    const play = new Play();

    expect(play.asks(0, 'one')).toMatchObject([{ what: 'stale', data: {} }]);
    expect(play.state).toBeUndefined();
  });
});
