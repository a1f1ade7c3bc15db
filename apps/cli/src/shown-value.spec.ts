import { describe, expect, it } from '@jest/globals';
import { shownValue } from './shown-value.js';

describe('a value that people read', () => {
  it('has a line for each name, and what is inside below it', () => {
    expect(shownValue({ letter: 'please', claim: { amount: 900, tags: ['new', 'urgent'], notes: [] } })).toBe(
      'letter: please\nclaim\n  amount: 900\n  tags: new, urgent\n  notes: none',
    );
  });

  it('has a table where a line is enough for each', () => {
    expect(
      shownValue([
        { objective: 'cost', score: 0.5 },
        { objective: 'time', because: 'late' },
      ]),
    ).toBe('objective  score  because\ncost       0.5\ntime              late');
  });

  it('numbers what is more than a line each', () => {
    expect(shownValue({ pairs: [['a', 'b']], plans: [{ id: 1, scores: { cost: 0.5 } }] })).toBe(
      'pairs\n  1: a, b\nplans\n  1\n    id: 1\n    scores\n      cost: 0.5',
    );
  });

  it('is what it is where it has no parts', () => {
    expect(['text', 0.2, true, []].map(shownValue)).toEqual(['text', '0.2', 'true', 'none']);
  });

  it('is cut name by name, so that a long one hides no other', () => {
    const long = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`n${index}`, index]));
    const lines = shownValue({ long, text: 'x'.repeat(300), after: 1 }).split('\n');

    expect(lines).toHaveLength(83);
    expect(lines[80]).toBe('  … and 121 more lines');
    expect(lines.at(-2)).toBe(`text: ${'x'.repeat(200)}…`);
    expect(lines.at(-1)).toBe('after: 1');
  });
});
