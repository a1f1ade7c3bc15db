import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advance } from './advance.js';
import { anyProgram } from './random-program.js';
import { anyWorld } from './random-world.js';
import { brokenLaws } from './saga-laws.js';
import { simulate } from './simulated-run.js';

describe('any saga in any world', () => {
  it('keeps every law', () => {
    fc.assert(
      fc.property(anyProgram, anyWorld, (program, world) => {
        expect(brokenLaws(simulate(program, world, advance))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
