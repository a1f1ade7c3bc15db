import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';
import { brokenPromises } from './promises.js';
import { isOnce, startQuickFleet } from './quick-fleet.js';
import { RandomTimes } from './random-times.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 60;
const rounds = isOnce ? 1 : 3;

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startQuickFleet({ name: 'frozen', coordinators: 2, silenceMs: 10_000 });
}, 120_000);

afterAll(() => fleet?.discard());

describe('a coordinator frozen under load until the other has its lanes', () => {
  it('writes nothing more into them when it is thawed', async () => {
    const random = new RandomTimes();
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    for (let round = 0; round < rounds; round += 1) {
      const [frozen, other] = round % 2 === 0 ? [0, 1] : [1, 0];
      await sharedByBoth();
      await progress(fleet, ordersPerSecond);
      await random.pause(0, 500);
      fleet.coordinators[frozen]!.service.freeze();
      await ownedBy(fleet.coordinators[other]!.service.name);
      await progress(fleet, ordersPerSecond);
      fleet.coordinators[frozen]!.service.thaw();
    }
    await sharedByBoth();
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});

function sharedByBoth(): Promise<unknown> {
  return eventually('both to own lanes', async () => (await owners()).size === 2);
}

function ownedBy(name: string): Promise<unknown> {
  return eventually(`${name} to own every lane`, async () => {
    const all = await owners();
    return all.size === 1 && all.has(name);
  });
}

async function owners(): Promise<ReadonlySet<string>> {
  const lanes = await fleet.query<{ owner: string }>('select owner from saga_lane where topic = $1', [
    fleet.homeTopic,
  ]);
  return new Set(lanes.map(({ owner }) => owner.split('/')[0]!));
}
