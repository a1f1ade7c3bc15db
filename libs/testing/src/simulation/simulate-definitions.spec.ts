import { describe, expect, it } from '@jest/globals';
import { Chance } from './chance.js';
import { allNests, pairsOf } from './nest.js';
import { randomDefinition } from './random-definition.js';
import { blocksIn, simulateDefinitions } from './simulate-definitions.js';
import { noMischief, type Mischief } from './simulated-process.js';

const mischief: Mischief = { crash: 0.01, delay: 0.05, lostAnswer: 0.02, failure: 0.03, duplicate: 0.05 };
const seeds = Array.from({ length: 12 }, (_, index) => index + 1);

describe('definitions that nobody has written', () => {
  it('hold every block in all that can hold it, and most drawings are sound', () => {
    const blocks: Record<string, number> = {};
    const forbidden = new Map<string, string>();
    const found: string[] = [];
    let refusals = 0;
    for (const [index, nest] of allNests().entries()) {
      const drawn = randomDefinition(new Chance(index), nest, () => (refusals += 1));
      for (const [head, count] of Object.entries(blocksIn(drawn.text)))
        blocks[head] = (blocks[head] ?? 0) + count;
      found.push(...drawn.nested.values(), ...drawn.forbidden.keys());
      for (const [pair, problem] of drawn.forbidden) forbidden.set(pair, problem);
    }

    expect(Object.keys(blocks).sort()).toEqual(
      'catch choice decide emit end failFast forEach group include join listen lock parallel raise repeat requires saga set step task timeout toggle tolerate undo wait'.split(
        ' ',
      ),
    );
    expect(found.sort()).toEqual(allNests().flatMap(pairsOf).sort());
    expect([...forbidden]).toEqual([
      ['end in compensate', expect.stringMatching(/^What undoes ".*" cannot end the saga\./)],
    ]);
    expect(refusals).toBeLessThan(30);
  });

  it('name a block that they cannot draw', () => {
    const nest = { outer: 'group', inner: ['step', 'announce'] };

    expect(() => randomDefinition(new Chance(1), nest)).toThrow('random definitions have no `announce`');
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
