import { describe, expect, it } from '@jest/globals';
import type { Json } from '#libs/messaging';
import type { DeskInput, DeskPost, DeskTurn } from './desk.js';
import { factDesk } from './fact-desk.js';
import type { FactRequest, FactState } from './fact-state.js';

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

  overhears(now: number, asOf: number, value: Json = asOf, id = `x${asOf}`) {
    const event = { id, source: '/gps', type: 'wms.stock-changed', time: '2026-01-01T00:00:00Z' };
    return this.say(now, { kind: 'message', message: { kind: 'hearsay', value, asOf, event } });
  }

  asks(now: number, saga: string, request: Partial<FactRequest> = {}, since = now) {
    const asker = { saga, definition: 'order', businessKey: 'o-1' };
    const message = {
      kind: 'await',
      ...asker,
      id: 'stock/1/wait',
      block: 'stock',
      since,
      request: { key: 'A7', ...request } as unknown as Json,
    };
    return this.say(now, { kind: 'message', message });
  }

  leaves(now: number, saga: string) {
    return this.say(now, { kind: 'message', message: { kind: 'release', saga, id: 'stock/1/wait' } });
  }

  hears(now: number, id: string, said: { known?: { value: Json; asOf: number }; reason?: string }) {
    const message = { kind: 'informed', id, saga: 'reader', ...said };
    return this.say(now, { kind: 'message', message });
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

describe('a fact of which others than its source speak', () => {
  it.each<[string, (play: Play) => void]>([
    [
      'after it',
      (play) => {
        play.learns(100, 90, 'source');
        play.overhears(110, 105, 'other');
      },
    ],
    [
      'before it',
      (play) => {
        play.overhears(100, 95, 'other');
        play.learns(110, 90, 'source');
      },
    ],
  ])('is what its source says, when they speak %s', (_, speak) => {
    const play = new Play();
    speak(play);

    expect(play.asks(120, 'one')).toMatchObject([{ what: 'fact', data: { value: 'source', asOf: 90 } }]);
    expect(play.state?.hearsay).toMatchObject({ count: 1, last: [{ value: 'other' }] });
    expect(play.turn?.tags).toEqual(['hearsay']);
  });

  it('stays unknown as long as its source says nothing', () => {
    const play = new Play();
    play.asks(0, 'one', { waitMs: 10_000 });

    expect(play.overhears(100, 90)).toEqual([]);
    expect(play.turn).toMatchObject({ hearsay: 'wms.stock' });
    expect(play.wakes(10_000)).toMatchObject([{ saga: 'one', what: 'stale', data: {} }]);
    expect(play.turn?.expiresAt).toBe(100 + day);
  });

  it('keeps how often, and the last of what they said', () => {
    const play = new Play();
    for (let asOf = 1; asOf <= 7; asOf += 1) play.overhears(100, asOf);
    play.overhears(100, 7);

    expect(play.turn).not.toHaveProperty('hearsay');
    expect(play.state?.hearsay?.count).toBe(7);
    expect(play.state?.hearsay?.last.map(({ asOf }) => asOf)).toEqual([3, 4, 5, 6, 7]);
  });

  it('forgets after a day what they said', () => {
    const play = new Play();
    play.overhears(100, 90);
    play.learns(99 + day, 200);
    expect(play.state).toHaveProperty('hearsay');

    play.learns(100 + day, 300);
    expect(play.state).not.toHaveProperty('hearsay');
    expect(play.turn).not.toHaveProperty('tags');
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

describe('a fact that a saga reads', () => {
  const readBy = { definition: 'count-stock', lagMs: 5 };
  const patient = { freshMs: minute, waitMs: hour, readBy };

  it('is read for the first who asks in vain, and for nobody else meanwhile', () => {
    const play = new Play();

    expect(play.asks(1_000, 'one', patient)).toEqual([
      {
        kind: 'run',
        definition: 'count-stock',
        input: { key: 'A7' },
        informs: { desk: 'fact', key: 'wms.stock A7', id: '1000' },
        at: 1_000,
      },
    ]);
    expect(play.asks(2_000, 'two', patient)).toEqual([]);
    expect(play.asks(2_000, 'two', patient)).toEqual([]);
    expect(play.wakes(3_000)).toEqual([]);
  });

  it('is told to all who wait, as of when it was read, and kept as long as it is of use to them', () => {
    const play = new Play();
    play.asks(1_000, 'one', patient);
    play.asks(2_000, 'two', patient);

    expect(play.hears(3_000, '1000', { known: { value: 7, asOf: 1_500 } })).toMatchObject([
      { saga: 'one', what: 'fact', data: { value: 7, asOf: 1_500, lagMs: 5, readBy: 'reader' } },
      { saga: 'two', what: 'fact' },
    ]);
    expect(play.state).toEqual({
      known: { value: 7, asOf: 1_500, lagMs: 5, readBy: 'reader' },
      keepMs: minute,
      waiting: [],
    });
    expect(play.asks(4_000, 'three', patient)).toMatchObject([{ what: 'fact', data: { kept: true } }]);
    expect(play.asks(3 * minute, 'four', patient)).toMatchObject([{ kind: 'run' }]);
  });

  it('is not needed any more when an event says it first', () => {
    const play = new Play();
    play.asks(1_000, 'one', patient);
    expect(play.learns(2_000, 2_000, 8, { keepMs: hour })).toMatchObject([{ saga: 'one', what: 'fact' }]);

    expect(play.hears(3_000, '1000', { known: { value: 7, asOf: 1_500 } })).toEqual([]);
    expect(play.state).toMatchObject({ known: { value: 8 }, keepMs: hour });
    expect(play.state).not.toHaveProperty('reading');
  });

  it('is stale at once for whoever waits when it cannot be read', () => {
    const play = new Play();
    play.asks(1_000, 'one', patient);

    expect(play.hears(2_000, '1000', { reason: 'down' })).toMatchObject([{ saga: 'one', what: 'stale' }]);
    expect(play.state).toMatchObject({ waiting: [], reading: { trouble: 'down', until: 12_000 } });
    expect(play.turn?.expiresAt).toBe(12_000);
  });

  it('is left alone for a while then, and read for those who have waited meanwhile', () => {
    const play = new Play();
    play.asks(1_000, 'one', patient);
    play.hears(2_000, '1000', { reason: 'down' });

    expect(play.asks(3_000, 'two', patient)).toEqual([]);
    expect(play.turn?.wakeAt).toBe(12_000);
    expect(play.wakes(12_000)).toMatchObject([{ kind: 'run', informs: { id: '12000' } }]);
  });

  it('is not counted on when its reading does not end', () => {
    const play = new Play();
    play.asks(1_000, 'one', patient);
    expect(play.turn?.wakeAt).toBe(1_000 + 5 * minute);

    expect(play.wakes(1_000 + 5 * minute)).toMatchObject([{ kind: 'run', informs: { id: '301000' } }]);
    expect(play.hears(6 * minute, '1000', { known: { value: 7, asOf: 6 * minute } })).toEqual([]);
    expect(play.state?.known).toBeUndefined();
  });

  it('is stale for who wants it newer than its source says', () => {
    const play = new Play();
    play.asks(hour, 'one', patient);
    play.asks(hour, 'two', { ...patient, freshMs: day });

    expect(play.hears(hour + 1_000, String(hour), { known: { value: 7, asOf: 0 } })).toMatchObject([
      { saga: 'two', what: 'fact' },
      { saga: 'one', what: 'stale', data: { value: 7 } },
    ]);
  });

  it('is read for who does not wait, who goes on without', () => {
    const play = new Play();

    expect(play.asks(1_000, 'one', { freshMs: minute, readBy })).toMatchObject([
      { saga: 'one', what: 'stale' },
      { kind: 'run' },
    ]);
    expect(play.turn?.expiresAt).toBe(1_000 + 5 * minute);
    expect(play.hears(2_000, '1000', { known: { value: 7, asOf: 1_000 } })).toEqual([]);
    expect(play.asks(3_000, 'two', { freshMs: minute, readBy })).toMatchObject([{ what: 'fact' }]);
  });

  it('has another name each time it is read', () => {
    const play = new Play();
    play.asks(1_000, 'one', patient);
    play.hears(1_000, '1000', { reason: 'down' });
    play.asks(1_000, 'two', patient);

    expect(play.wakes(11_000)).toMatchObject([{ informs: { id: '11000' } }]);
  });
});
