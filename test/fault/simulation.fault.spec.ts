import { describe, expect, it, jest } from '@jest/globals';
import { simulateOrders, type Mischief, type PlantedFaults } from '#libs/testing';
import { faultsOfParts } from './planted-faults.js';

jest.setTimeout(180_000);

const mischief: Mischief = { crash: 0.01, delay: 0.05, lostAnswer: 0.02, failure: 0.03, duplicate: 0.05 };
const seconds = Number(
  process.env['SIMULATION_SECONDS'] ?? (process.env['SKALD_FAULTS'] === 'once' ? 20 : 60),
);
/** So many at least, however slow the machine is. */
const fewest = 100;
const only = process.env['SIMULATION_SEED'];

describe('orders while everything goes wrong at every port', () => {
  it('keeps every promise under every seed', async () => {
    const end = performance.now() + seconds * 1_000;
    const statuses: Record<string, number> = {};
    let seeds = 0;
    let crashes = 0;
    for (
      let seed = Number(only ?? 1);
      only === undefined ? performance.now() < end || seeds < fewest : seeds === 0;
      seed += 1
    ) {
      const coordinators = seed % 2 === 0 ? 2 : 1;
      const report = await simulateOrders({ seed, orders: 4, coordinators, mischief });
      const story = `seed ${seed} (SIMULATION_SEED=${seed} replays it)\n${report.problems.join('\n')}\n${report.crashes.join('\n')}`;
      if (report.problems.length > 0) throw new Error(story);
      for (const [status, count] of Object.entries(report.statuses))
        statuses[status] = (statuses[status] ?? 0) + count;
      crashes += report.crashes.length;
      seeds += 1;
    }
    console.log(`${seeds} seeds, ${crashes} crashes, sagas: ${JSON.stringify(statuses)}`);

    expect(seeds).toBeGreaterThanOrEqual(only === undefined ? fewest : 1);
    expect(crashes).toBeGreaterThan(0);
  });
});

describe('the simulation itself', () => {
  it.each<[string, PlantedFaults]>(faultsOfParts)('finds %s', async (_fault, planted) => {
    let found = false;
    for (let seed = 1; seed <= 60 && !found; seed += 1) {
      const report = await simulateOrders({ seed, orders: 4, coordinators: 2, mischief, planted });
      found = report.problems.length > 0;
    }

    expect(found).toBe(true);
  });
});
