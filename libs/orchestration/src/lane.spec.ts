import { describe, expect, it } from '@jest/globals';
import { Lane } from './lane.js';
import { defaultLaneSettings } from './lane-settings.js';

const saga = '018bcfe5-6800-7bf2-90d0-4e6fede8ce34';

function laneOf(): Lane {
  return new Lane({ topic: 'home', part: 0 }, defaultLaneSettings, () => undefined);
}

describe('a saga whose timer is due', () => {
  it('hears of it when nothing of it waits', () => {
    const lane = laneOf();
    expect(lane.sleepsOn(saga, 10_000, 10_000, false)).toBe(false);
    expect(lane.wakes.earliest).toBeUndefined();
  });

  it('is looked at again soon while a command of it has not left', () => {
    const lane = laneOf();
    expect(lane.sleepsOn(saga, 10_000, 10_000, true)).toBe(true);
    expect(lane.wakes.takeDue(11_000, 10)).toEqual([saga]);
  });

  it('sleeps for as long as its command left late, and no longer', () => {
    const lane = laneOf();
    lane.delayed(saga, 5_000);
    expect(lane.sleepsOn(saga, 10_000, 14_999, false)).toBe(true);
    expect(lane.sleepsOn(saga, 10_000, 15_000, false)).toBe(false);
  });
});
