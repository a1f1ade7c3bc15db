import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '#libs/testing';
import type { Work } from './batch-view.js';
import { Crews } from './crews.js';
import { Lane } from './lane.js';
import { defaultLaneSettings, type LaneSettings } from './lane-settings.js';

const settings = { ...defaultLaneSettings, batchRecords: 4 };

let crews: Crews;
let clock: FakeClock;
let lanes: Lane[];
/** Work that crews have in hand, and what ends it. */
let inHand: { readonly names: string; readonly records: number; readonly done: () => void }[];
let tidied: string[];

function begin(more: Partial<LaneSettings> = {}): void {
  clock = new FakeClock();
  lanes = [0, 1, 2, 3].map(laneOf);
  inHand = [];
  tidied = [];
  crews = new Crews({
    lanes: () => lanes,
    isChoked: () => false,
    carryOut: (work) =>
      new Promise((resolve) => void inHand.push({ ...described(work), done: () => finish(work, resolve) })),
    tidy: (idle) => Promise.resolve(void tidied.push(namesOf(idle))),
    clock,
    settings: { ...settings, ...more },
  });
  crews.start();
}

afterEach(async () => {
  const stopped = crews.stop();
  for (const { done } of inHand) done();
  await stopped;
});

describe('crews with little to do', () => {
  it('fold all lanes in one cycle', async () => {
    begin();
    await arrive(1, 0, 2);

    expect(inHand.map(({ names }) => names)).toEqual(['0 2']);
  });

  it('leave what comes meanwhile to the next cycle', async () => {
    begin();
    await arrive(1, 0);
    await arrive(1, 1, 2);
    const before = inHand.length;
    inHand[0]!.done();
    await clock.run(0);

    expect(before).toBe(1);
    expect(inHand.map(({ names }) => names)).toEqual(['0', '1 2']);
  });

  it('let a while pass between the beginnings of two cycles', async () => {
    begin({ cycleMs: 10 });
    await arrive(1, 0);
    inHand[0]!.done();
    await clock.run(0);
    await arrive(1, 1);
    const before = inHand.length;
    await arrive(1, 2);
    await clock.run(10);

    expect(before).toBe(1);
    expect(inHand.map(({ names }) => names)).toEqual(['0', '1 2']);
  });

  it('tidy lanes that wait for nothing', async () => {
    begin();
    await arrive(1, 3);
    await clock.run(1_000);

    expect(tidied.at(-1)).toBe('0 1 2');
  });
});

describe('crews with more to do than one commit holds', () => {
  it('share the lanes', async () => {
    begin();
    await arrive(9, 0, 1, 2, 3);

    expect(inHand.map(({ names }) => names)).toEqual(['0 1', '2 3']);
  });

  it('share a commit among its lanes', async () => {
    begin();
    await arrive(9, 0, 1, 2, 3);

    expect(inHand.map(({ records }) => records)).toEqual([4, 4]);
  });

  it('never have a lane in two hands', async () => {
    begin();
    await arrive(9, 0);
    await arrive(9, 0);

    expect(inHand.map(({ names }) => names)).toEqual(['0']);
  });
});

describe('a lane that is let go', () => {
  it('is waited for while a crew has it', async () => {
    begin();
    await arrive(1, 0);
    let hasLeft = false;
    const leaving = crews.leave(lanes[0]!).then(() => (hasLeft = true));
    await clock.run(0);
    const before = hasLeft;
    inHand[0]!.done();
    await leaving;

    expect(before).toBe(false);
  });
});

function laneOf(part: number): Lane {
  const lane = new Lane({ topic: 'home', part }, settings, () => undefined);
  lane.begin({ topic: 'home', part, epoch: 1, seq: 0, takeovers: 0, nextOffset: 0, attempts: 0 });
  lane.expected = 0;
  lane.phase = 'ready';
  return lane;
}

/** As many records arrive in each of these lanes. */
async function arrive(count: number, ...parts: readonly number[]): Promise<void> {
  for (const part of parts) {
    const lane = lanes[part]!;
    const from = lane.expected!;
    const offsets = Array.from({ length: count }, (_, index) => from + index);
    const records = offsets.map((offset) => ({
      topic: 'home',
      part,
      offset,
      timestamp: 0,
      key: null,
      value: null,
      headers: {},
    }));
    lane.accept({ topic: 'home', part, from, next: from + count, end: from + count, records });
  }
  crews.ring();
  await clock.run(0);
}

function finish(work: readonly Work[], resolve: () => void): void {
  for (const { lane, next } of work) lane.queue.dropBefore(next);
  resolve();
}

function described(work: readonly Work[]): { readonly names: string; readonly records: number } {
  return {
    names: namesOf(work.map(({ lane }) => lane)),
    records: work.reduce((sum, { records }) => sum + records.length, 0),
  };
}

function namesOf(some: readonly Lane[]): string {
  return some.map(({ at }) => at.part).join(' ');
}
