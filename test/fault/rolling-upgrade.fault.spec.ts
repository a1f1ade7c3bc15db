import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { repositoryFolder } from '../../deploy/local/src/index.js';
import { ChartRelease } from '../harness/chart-release.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { ownedBy } from './lane-owners.js';
import { latencyText, Phases } from './order-latency.js';
import { failedProbes } from './pod-promises.js';
import { brokenPromises } from './promises.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(240_000);

const ordersPerSecond = 40;
const ordersAPhase = 2 * ordersPerSecond;
const inOrder = { code: 0, signal: undefined };
const next = {
  module: pathToFileURL(path.join(repositoryFolder(), 'dist', 'test', 'fault', 'next-version.js')).href,
};

const release = new ChartRelease();
let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet({ name: 'upgrade', coordinators: 2, silenceMs: 20_000, launch: release.launch });
  // The first run on a machine builds helm.
}, 600_000);

afterAll(async () => {
  release.stopProbes();
  await fleet?.discard();
});

describe('an upgrade to a version with a newer schema, under load,', () => {
  it('loses nothing and does nothing twice', async () => {
    const old = [...release.pods];
    const { replicas, strategy } = (await release.deployment()).spec;
    const phases = new Phases(fleet);
    const load = startLoad(fleet, 'bench', ordersPerSecond);
    await progress(fleet, ordersPerSecond);
    phases.begin('old version, old schema');
    await progress(fleet, ordersAPhase);

    phases.begin('a new pod on the old schema');
    const tooEarly = release.addPod('too-early', next);
    await expect(tooEarly).rejects.toThrow(/the schema is version \d+, not \d+: run 'skald migrate'/);

    phases.begin('old version, new schema');
    expect(await release.migrate(next)).toMatchObject({ code: 0 });
    await progress(fleet, ordersAPhase);
    const moved = old.pop()!;
    expect(await moved.end()).toEqual(inOrder);
    old.push(await release.addPod('coordinator-3'));

    phases.begin('one by one');
    for (const pod of old) {
      const successor = await release.addPod(`next-${pod.name}`, next);
      await bothFold(fleet, successor.name);
      expect(await pod.end()).toEqual(inOrder);
    }
    await ownedBy(fleet, ...old.map(({ name }) => `next-${name}`));
    phases.begin('new version');
    await progress(fleet, ordersAPhase);
    await load.stop();

    expect(replicas).toBe(old.length);
    expect(strategy).toMatchObject({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(await brokenPromises(fleet)).toEqual([]);
    expect(failedProbes(release.pods)).toEqual([]);
    console.log(await latencyText(fleet, phases.all));
  });
});

/** Waits until sagas that started now were folded by a pod of the next version, and others by one of this, which leaves no name. */
async function bothFold(fleet: Fleet, successor: string): Promise<void> {
  const from = new Date(fleet.clock.now());
  await eventually(`${successor} and an older pod to fold side by side`, async () => {
    const rows = await fleet.query<{ name: string | null }>(
      'select distinct folded_by as name from saga_instance where started_at > $1',
      [from],
    );
    const names = rows.map(({ name }) => name);
    return names.includes(successor) && names.includes(null);
  });
}
