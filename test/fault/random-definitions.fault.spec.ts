import { describe, expect, it, jest } from '@jest/globals';
import {
  allNests,
  nestOf,
  pairsOf,
  simulateDefinitions,
  type Mischief,
  type PlantedFaults,
} from '#libs/testing';
import { faultsOfDesks, faultsOfParts } from './planted-faults.js';

jest.setTimeout(240_000);

const mischief: Mischief = { crash: 0.01, delay: 0.05, lostAnswer: 0.02, failure: 0.03, duplicate: 0.05 };
const seconds = Number(
  process.env['SIMULATION_SECONDS'] ?? (process.env['SKALD_FAULTS'] === 'once' ? 25 : 120),
);
const nests = allNests();
/** Every nest once at least, however slow the machine is, and no more often than this until some saga came to all of it. */
const mostRounds = 6;
const only = process.env['SIMULATION_SEED'];
const firstSeed = Number(only ?? 1_000);

describe('definitions that nobody has written, while everything goes wrong at every port', () => {
  const unseen = new Set(nests.flatMap(pairsOf));
  const undrawn = new Set(unseen);
  const forbidden: Record<string, string> = {};
  let crashes = 0;

  it('keep every promise under every seed', async () => {
    const end = performance.now() + seconds * 1_000;
    const statuses: Record<string, number> = {};
    const blocks: Record<string, number> = {};
    let count = 0;
    for (const seed of seeds(() => performance.now() < end, unseen)) {
      const report = await simulateDefinitions({ seed, coordinators: seed % 2 === 0 ? 2 : 1, mischief });
      if (report.problems.length > 0) throw new Error(storyOf(seed, report));
      add(statuses, report.statuses);
      add(blocks, report.blocks);
      for (const pair of report.nested) undrawn.delete(pair);
      for (const pair of [...report.entered, ...report.forbidden.keys()]) unseen.delete(pair);
      Object.assign(forbidden, Object.fromEntries(report.forbidden));
      crashes += report.crashes.length;
      count += 1;
    }
    console.log(
      `${count} definitions, ${crashes} crashes\nsagas: ${table(statuses)}\nblocks: ${table(blocks)}\nforbidden: ${JSON.stringify(forbidden)}`,
    );

    expect(crashes).toBeGreaterThan(0);
  });

  const whole = only === undefined ? it : it.skip;

  whole('nest every kind of block in all that holds blocks', () => {
    expect([...undrawn]).toEqual(Object.keys(forbidden));
  });

  whole('come to every block in all that holds blocks', () => {
    expect([...unseen]).toEqual([]);
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

/** One seed after the other, every nest once; then as long as there is time, and those whose nests were not come to. */
function* seeds(isTime: () => boolean, unseen: ReadonlySet<string>): Generator<number> {
  if (only !== undefined) return yield firstSeed;
  for (let seed = firstSeed; seed < firstSeed + nests.length; seed += 1) yield seed;
  for (let seed = firstSeed + nests.length; isTime() || isWorthTrying(seed, unseen); seed += 1)
    if (isTime() || pairsOf(nestOf(seed)).some((pair) => unseen.has(pair))) yield seed;
}

function isWorthTrying(seed: number, unseen: ReadonlySet<string>): boolean {
  return unseen.size > 0 && seed < firstSeed + mostRounds * nests.length;
}

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
