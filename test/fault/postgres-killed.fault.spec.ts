import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Fleet } from '../harness/fleet.js';
import { brokenPromises } from './promises.js';
import { isOnce, startQuickFleet } from './quick-fleet.js';
import { RandomTimes } from './random-times.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 50;
const kills = isOnce ? 1 : 3;

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startQuickFleet({ name: 'postgres-killed', coordinators: 2, silenceMs: 5_000 });
}, 120_000);

afterAll(() => fleet?.discard());

describe('a database that is killed under load', () => {
  it('loses nothing that was confirmed, and work goes on when it is back', async () => {
    const random = new RandomTimes();
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    for (let kill = 0; kill < kills; kill += 1) {
      await progress(fleet, ordersPerSecond);
      await random.pause(0, 500);
      await fleet.stack.postgres.kill();
      await random.pause(0, 3_000);
      await fleet.stack.postgres.start();
    }
    await progress(fleet, ordersPerSecond);
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});

describe('a database that stands still for longer than coordinators wait', () => {
  it('is waited for', async () => {
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    await progress(fleet, ordersPerSecond / 2);
    await fleet.stack.postgres.freeze();
    await new RandomTimes().pause(16_000, 17_000);
    await fleet.stack.postgres.thaw();
    await progress(fleet, ordersPerSecond);
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});
