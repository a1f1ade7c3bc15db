import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CoordinatorProcess } from '../harness/coordinator-process.js';
import type { Fleet } from '../harness/fleet.js';
import { ownedBy } from './lane-owners.js';
import { brokenPromises } from './promises.js';
import { isOnce, startQuickFleet } from './quick-fleet.js';
import { RandomTimes } from './random-times.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 60;
const rounds = isOnce ? 1 : 3;

type Service = CoordinatorProcess['service'];

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startQuickFleet({ name: 'frozen', coordinators: 2, silenceMs: 10_000 });
}, 120_000);

afterAll(() => fleet?.discard());

describe('a coordinator frozen under load until the other has its lanes', () => {
  it('writes nothing more into them when it is thawed', async () => {
    const random = new RandomTimes();
    const [first, second] = fleet.coordinators.map(({ service }) => service) as [Service, Service];
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    for (let round = 0; round < rounds; round += 1) {
      const [frozen, other] = round % 2 === 0 ? [first, second] : [second, first];
      await ownedBy(fleet, first.name, second.name);
      await progress(fleet, ordersPerSecond);
      await random.pause(0, 500);
      frozen.freeze();
      await ownedBy(fleet, other.name);
      await progress(fleet, ordersPerSecond);
      frozen.thaw();
    }
    await ownedBy(fleet, first.name, second.name);
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});
