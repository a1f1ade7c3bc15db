import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advance } from '../src/engine/advance.js';
import { anyProgram } from './random-program.js';
import { anyWorld } from './random-world.js';
import { brokenLaws } from './saga-laws.js';
import { surveyOf } from './run-survey.js';
import { simulate, type Run } from './simulated-run.js';

describe('any saga in any world', () => {
  it('keeps every law', () => {
    const property = fc.property(anyProgram, anyWorld, (program, world) => {
      expect(brokenLaws(simulate(program, world, advance))).toEqual([]);
    });

    fc.assert(property, { numRuns: 1_000 });
  }, 120_000);

  it('is the same again when its inputs are folded into stored states', () => {
    const property = fc.property(anyProgram, anyWorld, (program, world) => {
      const { turns } = simulate(program, world, advance);
      for (const { input, before, after, effects } of turns) {
        const again = advance(program, before && stored(before), input);

        expect(stored(again)).toEqual(stored({ state: after, effects }));
      }
    });

    fc.assert(property, { numRuns: 100 });
  }, 120_000);
});

describe('the random runs', () => {
  it('reach everything that the engine can do', () => {
    const programs = fc.sample(anyProgram, { numRuns: 1_000, seed: 1 });
    const worlds = fc.sample(anyWorld, { numRuns: 1_000, seed: 2 });
    const survey = surveyOf(
      programs.map((program, index): Run => simulate(program, worlds[index]!, advance)),
    );

    // oxlint-disable-next-line no-console -- what was tried has to be seen, or the properties prove nothing.
    console.log(table(survey));
    expect(Object.entries(survey).filter(([, count]) => count === 0)).toEqual([]);
    expect(survey['composites on the shortest way to a leaf']).toBeGreaterThanOrEqual(4);
  }, 120_000);
});

function stored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function table(survey: Readonly<Record<string, number>>): string {
  return Object.entries(survey)
    .map(([what, count]) => `${String(count).padStart(8)}  ${what}`)
    .join('\n');
}
