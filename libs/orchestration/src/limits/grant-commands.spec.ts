import { describe, expect, it } from '@jest/globals';
import type { Limits } from '#libs/saga';
import { grantCommands, type GrantQuestion } from './grant-commands.js';
import { untouchedLimit } from './limit-state.js';

/** A limit that several ask, one after the other. */
class AskedLimit {
  private state = untouchedLimit;
  readonly left: number[] = [];

  constructor(private readonly limits: Limits) {}

  ask(now: number, question: Partial<GrantQuestion> = {}): number {
    const nothing = { wanted: 1_000, again: 0, underWay: 0, answers: [] };
    const { state, count } = grantCommands(this.limits, this.state, { ...nothing, now, ...question });
    this.state = state;
    for (let n = 0; n < count; n += 1) this.left.push(now);
    return count;
  }

  againAt(now: number): number | undefined {
    const question = { now, wanted: 1_000, again: 0, underWay: 0, answers: [] };
    return grantCommands(this.limits, this.state, question).againAt;
  }
}

const thirtyASecond = { rate: { count: 30, perMs: 1_000 } };
const breaker = { failures: 0.5, of: 4, probeMs: 10_000 };

describe('a rate of thirty a second', () => {
  it('lets thirty go at once and no more', () => {
    const limit = new AskedLimit(thirtyASecond);

    expect([limit.ask(0, { wanted: 50 }), limit.ask(500), limit.ask(1_000)]).toEqual([30, 0, 0]);
  });

  it('is kept in every stretch of a second, however long they take to leave', () => {
    const limit = new AskedLimit(thirtyASecond);
    for (let now = 0; now < 20_000; now += 17) limit.ask(now, { wanted: 1 + (now % 7) });

    // Each may leave a tenth of a second after it was let go.
    const busiest = limit.left.map(
      (from) => limit.left.filter((at) => at >= from && at <= from + 1_000).length,
    );

    expect(Math.max(...busiest)).toBeLessThanOrEqual(30);
    expect(limit.left.length).toBeGreaterThan(20 * 25);
  });

  it('says when it is worth asking again', () => {
    const limit = new AskedLimit(thirtyASecond);
    limit.ask(5_000);

    const againAt = limit.againAt(5_001)!;

    expect(againAt).toBe(6_100);
    expect([limit.ask(againAt - 1), limit.ask(againAt)]).toEqual([0, 30]);
  });

  it('remembers no more than it looks back', () => {
    const { state } = grantCommands(
      thirtyASecond,
      {
        ...untouchedLimit,
        granted: [
          [0, 5],
          [900, 5],
        ],
      },
      { now: 1_500, wanted: 1, again: 0, underWay: 0, answers: [] },
    );

    expect(state.granted).toEqual([
      [900, 5],
      [1_500, 1],
    ]);
  });
});

describe('a limit of what is under way', () => {
  it('lets go what there is room for', () => {
    expect(new AskedLimit({ concurrency: 20 }).ask(0, { underWay: 15 })).toBe(5);
  });

  it('lets go once more what counts already', () => {
    const limit = new AskedLimit({ concurrency: 20 });

    expect(limit.ask(0, { wanted: 3, again: 3, underWay: 20 })).toBe(3);
  });

  it('has no room while more is under way than it allows', () => {
    expect(new AskedLimit({ concurrency: 2 }).ask(0, { underWay: 5 })).toBe(0);
  });
});

describe('a breaker', () => {
  const failed = { answers: [true, true, false, true] };

  it('lets everything pass until it has heard enough', () => {
    expect(new AskedLimit({ breaker }).ask(0, { answers: [true, true, true] })).toBe(1_000);
  });

  it('opens at its share of failures', () => {
    const limit = new AskedLimit({ breaker });

    expect([limit.ask(0, { answers: [false, false, false, true] }), limit.ask(1, failed)]).toEqual([
      1_000, 0,
    ]);
    expect(limit.againAt(2)).toBe(10_001);
  });

  it('lets one pass when it is time, and all when that one is answered well', () => {
    const limit = new AskedLimit({ breaker });
    limit.ask(0, failed);

    const [early, probe, second] = [limit.ask(9_999), limit.ask(10_000), limit.ask(10_001)];
    const after = limit.ask(10_500, { answers: [false] });

    expect([early, probe, second, after]).toEqual([0, 1, 0, 1_000]);
  });

  it('stays open when the one has failed', () => {
    const limit = new AskedLimit({ breaker });
    limit.ask(0, failed);
    limit.ask(10_000);

    expect([limit.ask(11_000, { answers: [true] }), limit.ask(20_999), limit.ask(21_000)]).toEqual([0, 0, 1]);
  });

  it('lets another one pass when nobody answers the first', () => {
    const limit = new AskedLimit({ breaker });
    limit.ask(0, failed);
    limit.ask(10_000);

    expect([limit.ask(19_999), limit.ask(20_000)]).toEqual([0, 1]);
  });

  it('takes what was sent before it opened for no news', () => {
    const limit = new AskedLimit({ breaker });
    limit.ask(0, failed);

    expect([limit.ask(1, { answers: [false, false, false, false] }), limit.ask(10_000)]).toEqual([0, 1]);
  });
});
