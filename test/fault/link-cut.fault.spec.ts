import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '#libs/messaging';
import { startProxy, type Proxy } from '../../deploy/local/src/index.js';
import type { Fleet } from '../harness/fleet.js';
import { ownedBy } from './lane-owners.js';
import { brokenPromises } from './promises.js';
import { sessionTimeoutMs, startQuickFleet } from './quick-fleet.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 50;
const listener = 'LINK';

let fleet: Fleet;
let toBroker: Proxy;
let toPostgres: Proxy | undefined;

// Only the first coordinator goes through the links.
beforeAll(async () => {
  fleet = await startQuickFleet({
    name: 'link-cut',
    coordinators: 2,
    silenceMs: 10_000,
    stack: { brokerListeners: [{ name: listener, advertise: linkToBroker }] },
    coordinatorEnv: async (stack) => {
      if (toPostgres !== undefined) return {};
      const url = new URL(stack.databaseUrl);
      toPostgres = await startProxy({ target: { host: url.hostname, port: Number(url.port) } });
      url.port = String(toPostgres.address.port);
      return { KAFKA_BROKERS: stack.broker(0).listeners[listener]!, DATABASE_URL: url.href };
    },
  });
}, 120_000);

afterAll(async () => {
  await fleet?.discard();
  await toBroker?.stop();
  await toPostgres?.stop();
});

describe.each<['cut' | 'stall']>([['cut'], ['stall']])(
  'one of two coordinators, its link lost by a %s,',
  (how) => {
    it('loses its lanes when it cannot reach the broker', async () => {
      const [first, second] = fleet.coordinators.map(({ service }) => service.name);
      const load = startLoad(fleet, 'demo', ordersPerSecond);
      await ownedBy(fleet, first!, second!);
      await progress(fleet, ordersPerSecond);
      expect(toBroker.connections).toBeGreaterThan(0);

      toBroker[how]();
      await ownedBy(fleet, second!);
      await progress(fleet, ordersPerSecond);
      toBroker.heal();
      await ownedBy(fleet, first!, second!);
      await progress(fleet, ordersPerSecond);
      await load.stop();

      expect(await brokenPromises(fleet)).toEqual([]);
    });

    it('waits when it cannot reach Postgres', async () => {
      const load = startLoad(fleet, 'demo', ordersPerSecond);
      await progress(fleet, ordersPerSecond);
      expect(toPostgres!.connections).toBeGreaterThan(0);

      toPostgres![how]();
      await waitFor(fleet.clock, 3 * sessionTimeoutMs);
      toPostgres!.heal();
      await progress(fleet, ordersPerSecond);
      await load.stop();

      expect(await brokenPromises(fleet)).toEqual([]);
    });
  },
);

async function linkToBroker(listensOn: {
  readonly host: string;
  readonly port: number;
}): Promise<Proxy['address']> {
  toBroker = await startProxy({ target: listensOn });
  return toBroker.address;
}
