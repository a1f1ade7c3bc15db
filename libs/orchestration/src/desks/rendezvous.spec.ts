import { describe, expect, it } from '@jest/globals';
import type { Json } from '#libs/messaging';
import type { DeskPost, DeskTurn } from './desk.js';
import { rendezvous, type RendezvousState } from './rendezvous.js';

const minute = 60_000;
const hour = 60 * minute;
const moment = { id: 'desk', key: 'shop.order.paid o-1' };

class Play {
  state: RendezvousState | undefined;
  turn: DeskTurn<RendezvousState> | undefined;

  say(now: number, message: object): readonly DeskPost[] {
    this.turn = rendezvous.fold(
      this.state,
      { kind: 'message', message: message as Json },
      { ...moment, now },
    );
    this.state = this.turn.state;
    return this.turn.posts;
  }

  waits(now: number, saga: string, given: { readonly earlyMs?: number; readonly since?: number } = {}) {
    const { earlyMs, since = now } = given;
    const request = { subscriptions: [], ...(earlyMs === undefined ? {} : { earlyMs }) };
    const asker = { saga, definition: 'order', businessKey: 'o-1' };
    return this.say(now, { kind: 'await', ...asker, id: 'paid/1/wait', block: 'paid', since, request });
  }

  leaves(now: number, saga: string) {
    return this.say(now, { kind: 'release', saga, id: 'paid/1/wait' });
  }

  comes(now: number, id: string, data: Json = { id }, keepMs = 0) {
    const event = { id, source: '/shop', type: 'shop.order.paid', time: '2026-01-01T00:00:00Z' };
    return this.say(now, { kind: 'event', event, data, keepMs });
  }
}

describe('a rendezvous', () => {
  it('gives an event to everybody who waits', () => {
    const play = new Play();
    play.waits(0, 'one');
    play.waits(1, 'two');

    expect(play.comes(2, 'e1')).toMatchObject([
      {
        kind: 'heard',
        saga: 'one',
        id: 'paid/1/wait',
        what: 'event',
        data: { id: 'e1' },
        event: { id: 'e1' },
      },
      { kind: 'heard', saga: 'two' },
    ]);
  });

  it('gives one event after the other as long as somebody waits', () => {
    const play = new Play();
    play.waits(0, 'one');

    expect(play.comes(1, 'e1')).toHaveLength(1);
    expect(play.comes(2, 'e2')).toHaveLength(1);
    play.leaves(3, 'one');
    expect(play.comes(4, 'e3')).toEqual([]);
  });

  it('gives a repeated event once', () => {
    const play = new Play();
    play.waits(0, 'one');

    expect(play.comes(1, 'e1')).toHaveLength(1);
    expect(play.comes(23 * hour, 'e1')).toEqual([]);
  });

  it('gives an early event to whoever wants it as early as that', () => {
    const play = new Play();
    play.comes(0, 'e1', 1, hour);

    expect(play.waits(30 * minute, 'late', { earlyMs: 20 * minute })).toEqual([]);
    expect(play.waits(30 * minute, 'early', { earlyMs: 40 * minute })).toMatchObject([
      { saga: 'early', data: 1 },
    ]);
  });

  it('keeps an early event no longer than anybody wants it', () => {
    const play = new Play();
    play.comes(0, 'e1', 1, hour);

    expect(play.waits(hour, 'one', { earlyMs: 2 * hour })).toEqual([]);
  });

  it('gives what came while the question was on its way', () => {
    const play = new Play();
    play.comes(1_000, 'before');
    play.comes(2_001, 'after');

    expect(play.waits(3_000, 'one', { since: 2_000 })).toMatchObject([{ data: { id: 'after' } }]);
  });

  it('knows a repeated question', () => {
    const play = new Play();
    play.comes(0, 'e1', 1, hour);
    play.waits(1, 'one', { earlyMs: hour });

    expect(play.waits(2, 'one', { earlyMs: hour })).toEqual([]);
    expect(play.comes(3, 'e2')).toHaveLength(1);
  });

  it('does not let a question return that was withdrawn', () => {
    const play = new Play();
    play.waits(0, 'one');
    play.leaves(1, 'one');
    play.waits(0, 'one');

    expect(play.comes(2, 'e1')).toEqual([]);
  });

  it('knows a withdrawal that overtakes its question', () => {
    const play = new Play();
    play.leaves(0, 'one');
    play.waits(1, 'one');

    expect(play.comes(2, 'e1')).toEqual([]);
  });

  it('drops the oldest early events where there are too many, and counts them', () => {
    const play = new Play();
    for (let no = 0; no < 103; no += 1) play.comes(no, `e${no}`, no, hour);

    const posts = play.waits(200, 'one', { earlyMs: hour });

    expect(posts).toHaveLength(100);
    expect(posts[0]).toMatchObject({ data: 3 });
    expect(play.state?.dropped).toBe(3);
  });

  it('keeps no more early bytes than fit', () => {
    const play = new Play();
    for (let no = 0; no < 3; no += 1) play.comes(no, `e${no}`, 'x'.repeat(90_000), hour);

    expect(play.waits(10, 'one', { earlyMs: hour })).toHaveLength(2);
  });

  it('vanishes by itself when nobody waits and nothing is remembered', () => {
    const play = new Play();
    play.comes(0, 'e1', 1, 48 * hour);
    expect(play.turn).toMatchObject({ expiresAt: 48 * hour });
    play.waits(1, 'one');
    expect(play.turn?.expiresAt).toBeUndefined();
    play.leaves(2, 'one');
    expect(play.turn).toMatchObject({ expiresAt: 48 * hour });

    expect(rendezvous.fold(play.state, { kind: 'due' }, { ...moment, now: 49 * hour }).state).toBeUndefined();
  });

  it('tells a person when too many wait', () => {
    const play = new Play();
    for (let no = 0; no < 5_000; no += 1) play.waits(no, `saga-${no}`);
    play.waits(6_000, 'one too many');

    expect(play.turn?.incidents).toMatchObject([{ saga: 'one too many', code: 'TOO_MANY_WAITING' }]);
  });
});
