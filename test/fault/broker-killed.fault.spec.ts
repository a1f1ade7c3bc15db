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
  fleet = await startQuickFleet({ name: 'broker-killed', coordinators: 2, silenceMs: 5_000 });
}, 120_000);

afterAll(() => fleet?.discard());

describe('the only broker, restarted under load', () => {
  it('finds everybody waiting when it ended in order', async () => {
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    await progress(fleet, ordersPerSecond);
    await fleet.stack.broker(0).kill('SIGTERM');
    await fleet.stack.broker(0).start();
    await progress(fleet, ordersPerSecond);
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });

  it('finds everybody waiting when it was killed', async () => {
    const random = new RandomTimes();
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    for (let kill = 0; kill < kills; kill += 1) {
      await progress(fleet, ordersPerSecond);
      await random.pause(0, 500);
      await fleet.stack.broker(0).kill();
      await random.pause(0, 2_000);
      await fleet.stack.broker(0).start();
    }
    await progress(fleet, ordersPerSecond);
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});
