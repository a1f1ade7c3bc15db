import { describe, expect, it } from '@jest/globals';
import { Chance } from './chance.js';
import { randomDefinition } from './random-definition.js';
import { blocksIn, simulateDefinitions } from './simulate-definitions.js';
import { noMischief, type Mischief } from './simulated-process.js';

const mischief: Mischief = { crash: 0.01, delay: 0.05, lostAnswer: 0.02, failure: 0.03, duplicate: 0.05 };
const seeds = Array.from({ length: 12 }, (_, index) => index + 1);

describe('definitions that nobody has written', () => {
  it('hold every block, and most drawings are sound', () => {
    const blocks: Record<string, number> = {};
    let refusals = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const { text } = randomDefinition(new Chance(seed), () => (refusals += 1));
      for (const [head, count] of Object.entries(blocksIn(text))) blocks[head] = (blocks[head] ?? 0) + count;
    }

    expect(Object.keys(blocks).sort()).toEqual(
      'catch choice decide emit end failFast forEach group include join listen lock parallel raise repeat requires saga set step task timeout toggle tolerate undo wait'.split(
        ' ',
      ),
    );
    expect(refusals).toBeLessThan(30);
  });

  it.each(seeds)('keep every promise while everything goes wrong, seed %i', async (seed) => {
    const report = await simulateDefinitions({ seed, coordinators: seed % 2 === 0 ? 2 : 1, mischief });

    expect(report.problems).toEqual([]);
  });

  it('take the same course for the same seed', async () => {
    const [one, other] = [1, 2].map(() => simulateDefinitions({ seed: 7, coordinators: 1, mischief }));

    expect(await one).toEqual(await other);
  });

  it('end without a crash in a world at peace', async () => {
    const report = await simulateDefinitions({ seed: 3, coordinators: 1, mischief: noMischief });

    expect(report).toMatchObject({ problems: [], crashes: [] });
  });
});
