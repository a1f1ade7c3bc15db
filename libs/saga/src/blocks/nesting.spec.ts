import { describe, expect, it } from '@jest/globals';
import { nestingOfBlocks } from './nesting.js';

describe('what blocks can stand in', () => {
  it('is what the kinds declare, and keys that any kind may have', () => {
    expect(nestingOfBlocks().outer).toEqual(
      'task wait parallel forEach choice repeat group include catch listen compensate'.split(' '),
    );
  });
});
