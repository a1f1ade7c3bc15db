import { describe, expect, it } from '@jest/globals';
import { distinct } from './kit-answers.js';

describe('claims that touch the same operation', () => {
  it('are split so that none stands twice in a part', () => {
    const claims = [
      { operation: 'a' },
      { operation: 'u', undoes: 'a' },
      { operation: 'b' },
      { operation: 'a' },
      { operation: 'v', undoes: 'b' },
    ];

    expect(distinct(claims, (claim) => claim)).toEqual([
      [{ operation: 'a' }, { operation: 'b' }],
      [
        { operation: 'u', undoes: 'a' },
        { operation: 'v', undoes: 'b' },
      ],
      [{ operation: 'a' }],
    ]);
  });
});
