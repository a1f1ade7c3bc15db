import { describe, expect, it } from '@jest/globals';
import { PositionWindow } from './position-window.js';

describe('the position of a partition', () => {
  it('waits for the oldest record', () => {
    const window = new PositionWindow();
    const [first, second, third] = [11, 12, 15].map((next) => window.add(next));

    window.done(second!);
    expect(window.position).toBeUndefined();
    window.done(first!);
    expect(window.position).toBe(12);
    window.done(third!);

    expect(window.position).toBe(15);
    expect(window.open).toBe(0);
  });

  it('keeps count over many records', () => {
    const window = new PositionWindow();
    const entries = Array.from({ length: 5_000 }, (_, index) => window.add(index + 1));

    for (const entry of entries.slice(0, 4_000).reverse()) window.done(entry);

    expect(window.position).toBe(4_000);
    expect(window.open).toBe(1_000);
    window.done(window.add(5_001));
    expect(window.position).toBe(4_000);
  });
});
