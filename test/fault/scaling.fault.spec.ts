import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChartRelease } from '../harness/chart-release.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { ownedBy } from './lane-owners.js';
import { latencyText, Phases } from './order-latency.js';
import { failedProbes } from './pod-promises.js';
import { brokenPromises } from './promises.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 40;
const ordersAPhase = 4 * ordersPerSecond;

const release = new ChartRelease();
let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet({ name: 'scaling', coordinators: 1, silenceMs: 20_000, launch: release.launch });
  // The first run on a machine builds helm.
}, 600_000);

afterAll(async () => {
  release.stopProbes();
  await fleet?.discard();
});

describe('one pod of the chart, then three, then one, under load', () => {
  it('lose nothing and do nothing twice', async () => {
    const phases = new Phases(fleet);
    const load = startLoad(fleet, 'bench', ordersPerSecond);
    await progress(fleet, ordersPerSecond);
    phases.begin('one pod');
    await progress(fleet, ordersAPhase);

    phases.begin('two join');
    const joined = await Promise.all([release.addPod('coordinator-2'), release.addPod('coordinator-3')]);
    await ownedBy(fleet, ...release.pods.map(({ name }) => name));
    phases.begin('three pods');
    await progress(fleet, ordersAPhase);

    phases.begin('two leave');
    const ends = await Promise.all(joined.map((pod) => pod.end()));
    await ownedBy(fleet, 'coordinator-1');
    phases.begin('one pod again');
    await progress(fleet, ordersAPhase);
    await load.stop();

    expect(ends).toEqual(joined.map(() => ({ code: 0, signal: undefined })));
    expect(await brokenPromises(fleet)).toEqual([]);
    expect(failedProbes(release.pods)).toEqual([]);
    console.log(await latencyText(fleet, phases.all));
  });
});
