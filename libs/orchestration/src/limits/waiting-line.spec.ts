import { describe, expect, it } from '@jest/globals';
import { WaitingLine } from './waiting-line.js';

describe('a line of those that wait', () => {
  it('is in the order of ranks, and among equals of coming', () => {
    const line = new WaitingLine();
    for (const [saga, rank] of Object.entries({ a: 5, b: 3, c: 5, d: 1, e: 3 })) line.add(saga, rank);

    expect([...line.inOrder()]).toEqual(['d', 'b', 'e', 'a', 'c']);
  });

  it('keeps the place of whoever comes again, unless the rank is another one', () => {
    const line = new WaitingLine();
    line.add('a', 1);
    line.add('b', 1);
    line.add('a', 1);
    const before = [...line.inOrder()];
    line.add('a', 2);

    expect([before, [...line.inOrder()]]).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });

  it('stays as it was for whoever looks at it', () => {
    const line = new WaitingLine();
    for (const saga of ['a', 'b', 'c']) line.add(saga, 7);
    const seen = [];
    for (const saga of line.inOrder()) {
      seen.push(saga);
      line.delete(saga);
      line.add(`${saga}2`, saga === 'b' ? 1 : 8);
    }

    expect([seen, [...line.inOrder()]]).toEqual([
      ['a', 'b', 'c'],
      ['b2', 'a2', 'c2'],
    ]);
  });

  it('lets anybody leave from anywhere', () => {
    const line = new WaitingLine();
    for (const saga of ['a', 'b', 'c']) line.add(saga, 7);
    line.delete('b');
    line.delete('nobody');
    const left = [...line.inOrder()];
    line.delete('a');
    line.delete('c');

    expect([left, line.isEmpty]).toEqual([['a', 'c'], true]);
  });
});
