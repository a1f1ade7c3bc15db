import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '#libs/messaging';
import type { Fleet } from '../harness/fleet.js';
import { ownedBy } from './lane-owners.js';
import { LostLinks } from './lost-links.js';
import { brokenPromises } from './promises.js';
import { sessionTimeoutMs, startQuickFleet } from './quick-fleet.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 50;
const links = new LostLinks();

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startQuickFleet({
    name: 'link-cut',
    coordinators: 2,
    silenceMs: 10_000,
    ...links.options,
  });
}, 120_000);

afterAll(async () => {
  await fleet?.discard();
  await links.stop();
});

describe.each<['cut' | 'stall']>([['cut'], ['stall']])(
  'one of two coordinators, its link lost by a %s,',
  (how) => {
    it('loses its lanes when it cannot reach the broker', async () => {
      const [first, second] = fleet.coordinators.map(({ service }) => service.name);
      const load = startLoad(fleet, 'demo', ordersPerSecond);
      await ownedBy(fleet, first!, second!);
      await progress(fleet, ordersPerSecond);
      expect(links.toBroker.connections).toBeGreaterThan(0);

      links.toBroker[how]();
      await ownedBy(fleet, second!);
      await progress(fleet, ordersPerSecond);
      links.toBroker.heal();
      await ownedBy(fleet, first!, second!);
      await progress(fleet, ordersPerSecond);
      await load.stop();

      expect(await brokenPromises(fleet)).toEqual([]);
    });

    it('waits when it cannot reach Postgres', async () => {
      const load = startLoad(fleet, 'demo', ordersPerSecond);
      await progress(fleet, ordersPerSecond);
      expect(links.toPostgres.connections).toBeGreaterThan(0);

      links.toPostgres[how]();
      await waitFor(fleet.clock, 3 * sessionTimeoutMs);
      links.toPostgres.heal();
      await progress(fleet, ordersPerSecond);
      await load.stop();

      expect(await brokenPromises(fleet)).toEqual([]);
    });
  },
);
