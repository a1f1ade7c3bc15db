import { describe, expect, it } from '@jest/globals';
import { BatchSize } from './batch-size.js';

describe('the size of batches', () => {
  it('falls to single commands while they are slow', () => {
    const size = new BatchSize(100);

    for (let n = 0; n < 8; n += 1) size.took(size.present, 1_000);

    expect(size.present).toBe(1);
  });

  it('grows back to its limit once they are quick', () => {
    const size = new BatchSize(100);
    size.took(100, 1_000);

    for (let n = 0; n < 8; n += 1) size.took(size.present, 10);

    expect(size.present).toBe(100);
  });

  it('does not grow for want of commands', () => {
    const size = new BatchSize(100);
    size.took(100, 1_000);

    size.took(3, 1);

    expect(size.present).toBe(50);
  });
});
