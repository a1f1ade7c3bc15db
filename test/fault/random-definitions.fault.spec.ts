import { describe, expect, it, jest } from '@jest/globals';
import { simulateDefinitions, type Mischief, type PlantedFaults } from '#libs/testing';
import { faultsOfDesks, faultsOfParts } from './planted-faults.js';

jest.setTimeout(240_000);

const mischief: Mischief = { crash: 0.01, delay: 0.05, lostAnswer: 0.02, failure: 0.03, duplicate: 0.05 };
const seconds = Number(
  process.env['SIMULATION_SECONDS'] ?? (process.env['SKALD_FAULTS'] === 'once' ? 25 : 120),
);
/** So many at least, however slow the machine is. */
const fewest = 20;
const only = process.env['SIMULATION_SEED'];
const firstSeed = Number(only ?? 1_000);

describe('definitions that nobody has written, while everything goes wrong at every port', () => {
  it('keep every promise under every seed', async () => {
    const end = performance.now() + seconds * 1_000;
    const statuses: Record<string, number> = {};
    const blocks: Record<string, number> = {};
    let crashes = 0;
    let seed = firstSeed;
    const isNotEnough = () => performance.now() < end || seed < firstSeed + fewest;
    for (; only === undefined ? isNotEnough() : seed === firstSeed; seed += 1) {
      const report = await simulateDefinitions({ seed, coordinators: seed % 2 === 0 ? 2 : 1, mischief });
      if (report.problems.length > 0) throw new Error(storyOf(seed, report));
      add(statuses, report.statuses);
      add(blocks, report.blocks);
      crashes += report.crashes.length;
    }
    const count = seed - firstSeed;
    console.log(
      `${count} definitions, ${crashes} crashes\nsagas: ${table(statuses)}\nblocks: ${table(blocks)}`,
    );

    expect(count).toBeGreaterThanOrEqual(only === undefined ? fewest : 1);
    expect(crashes).toBeGreaterThan(0);
  });
});

describe('the simulation of definitions', () => {
  it.each<[string, PlantedFaults]>([...faultsOfParts, ...faultsOfDesks])(
    'finds %s',
    async (_fault, planted) => {
      let found = false;
      for (let seed = 1; seed <= 300 && !found; seed += 1) {
        const report = await simulateDefinitions({ seed, coordinators: 2, mischief, planted });
        found = report.problems.length > 0;
      }

      expect(found).toBe(true);
    },
  );
});

function storyOf(
  seed: number,
  { problems, crashes }: Awaited<ReturnType<typeof simulateDefinitions>>,
): string {
  return `seed ${seed} (SIMULATION_SEED=${seed} replays it)\n${problems.join('\n')}\n${crashes.join('\n')}`;
}

function add(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
}

function table(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}
