import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PostgresCopy, RestoreKind } from '../../deploy/local/src/index.js';
import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';
import { brokenPromises } from './promises.js';
import { startQuickFleet } from './quick-fleet.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 50;

describe.each<RestoreKind>(['point-in-time', 'snapshot'])('a database restored (%s) under load', (kind) => {
  let fleet: Fleet;

  beforeAll(async () => {
    // The participants' ledgers are not rewound with it: they lie on a server of their own.
    fleet = await startQuickFleet({
      name: `rewound-${kind}`,
      coordinators: 2,
      silenceMs: 5_000,
      ownLedgers: true,
    });
  }, 120_000);

  afterAll(() => fleet?.discard());

  it('is noticed, and everything is derived again from the home topic', async () => {
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    await progress(fleet, ordersPerSecond);
    const copy: PostgresCopy = await fleet.stack.postgres.takeCopy();
    await progress(fleet, 4 * ordersPerSecond);
    await fleet.stack.postgres.restore(copy, kind);
    await eventually('the loss to be noticed', async () => (await incidents(fleet)) > 0, 60_000);
    await progress(fleet, ordersPerSecond);
    await load.stop();

    const allowed = { laneIncidents: ['DATABASE_REWOUND'], revisionsRecur: true };
    expect(await brokenPromises(fleet, allowed)).toEqual([]);
  });
});

async function incidents(fleet: Fleet): Promise<number> {
  const rows = await fleet.query(`select from saga_incident where code = 'DATABASE_REWOUND'`);
  return rows.length;
}
