import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor, type Instant } from '#libs/messaging';
import type { PostgresCopy } from '../../deploy/local/src/index.js';
import { ChartRelease } from '../harness/chart-release.js';
import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';
import type { Pod } from '../harness/pod.js';
import { ownedBy } from './lane-owners.js';
import { LostLinks } from './lost-links.js';
import { brokenPromises } from './promises.js';
import { isOnce, sessionTimeoutMs, startQuickFleet } from './quick-fleet.js';
import { RandomTimes } from './random-times.js';
import { progress } from './saga-counts.js';
import { startLoad, type SteadyLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 40;
const rounds = isOnce ? 1 : 3;

const aMinuteMs = 60_000;

const release = new ChartRelease();
const links = new LostLinks();
const random = new RandomTimes();
let fleet: Fleet;
let load: SteadyLoad;
let linked: Pod;
let killed: Pod;
let frozen: Pod;
let copy: PostgresCopy;
let copiedAt: Instant;

beforeAll(async () => {
  fleet = await startQuickFleet({
    name: 'three-pods',
    coordinators: 3,
    silenceMs: 10_000,
    // What participants did is not rewound with the sagas.
    ownLedgers: true,
    launch: release.launch,
    ...links.options,
  });
  [linked, killed, frozen] = release.pods as [Pod, Pod, Pod];
  await allOwn();
  load = startLoad(fleet, 'demo', ordersPerSecond);
  await progress(fleet, ordersPerSecond);
  copy = await fleet.stack.postgres.takeCopy();
  copiedAt = fleet.clock.now();
  // The first run on a machine builds helm.
}, 600_000);

afterAll(async () => {
  release.stopProbes();
  await fleet?.discard();
  await links.stop();
});

describe('three pods of the chart under load', () => {
  it('go on when one of them is killed', async () => {
    for (let round = 0; round < rounds; round += 1) {
      await progress(fleet, ordersPerSecond);
      await random.pause(0, 500);
      await killed.service.kill();
      await killed.service.start();
      await allOwn();
    }
  });

  it('go on when one of them is frozen for a minute, and when it is thawed', async () => {
    frozen.service.freeze();
    await waitFor(fleet.clock, aMinuteMs);
    await ownedBy(fleet, linked.name, killed.name);
    await progress(fleet, ordersPerSecond);
    frozen.service.thaw();
    await allOwn();

    expect(frozen.liveness.failed.length).toBeGreaterThan(0);
  });

  it('go on when the database was killed', async () => {
    await progress(fleet, ordersPerSecond);
    await fleet.stack.postgres.kill();
    await random.pause(0, 2_000);
    await fleet.stack.postgres.start();
    await progress(fleet, ordersPerSecond);
  });

  it('go on when the broker was killed', async () => {
    await fleet.stack.broker(0).kill();
    await random.pause(0, 2_000);
    await fleet.stack.broker(0).start();
    await progress(fleet, ordersPerSecond);
    await allOwn();
  });

  it('go on when one of them cannot reach the broker', async () => {
    links.toBroker.cut();
    await ownedBy(fleet, killed.name, frozen.name);
    await progress(fleet, ordersPerSecond);
    links.toBroker.heal();
    await allOwn();
  });

  it('go on when one of them cannot reach the database', async () => {
    links.toPostgres.cut();
    await waitFor(fleet.clock, 2 * sessionTimeoutMs);
    links.toPostgres.heal();
    await progress(fleet, ordersPerSecond);
  });

  it('derive everything again when the database comes back from more than a minute ago', async () => {
    await waitFor(fleet.clock, copiedAt + aMinuteMs - fleet.clock.now());
    await fleet.stack.postgres.restore(copy, 'point-in-time');
    await eventually('the loss to be noticed', async () => (await rewinds()) > 0, 60_000);
    await progress(fleet, ordersPerSecond);
  });

  it('have lost nothing and done nothing twice', async () => {
    await load.stop();

    const allowed = { laneIncidents: ['DATABASE_REWOUND'], revisionsRecur: true };
    expect(await brokenPromises(fleet, allowed)).toEqual([]);
  });

  it('were never found dead by a probe, but for the frozen one', () => {
    const dead = [linked, killed].flatMap(({ liveness }) => liveness.failed);

    expect(dead).toEqual([]);
    expect(release.pods.filter(({ liveness }) => liveness.hasGivenUp)).toEqual([]);
  });
});

function allOwn(): Promise<unknown> {
  return ownedBy(fleet, ...release.pods.map(({ name }) => name));
}

async function rewinds(): Promise<number> {
  return (await fleet.query(`select from saga_incident where code = 'DATABASE_REWOUND'`)).length;
}
