import { describe, expect, it } from '@jest/globals';
import { problemWithSource } from './source-excerpt.js';

const problem = { severity: 'error', file: 'a.yaml', path: 'key', message: 'no' } as const;

describe('a problem with a place', () => {
  it('stands above its line and a caret', () => {
    expect(problemWithSource({ ...problem, line: 2, column: 6 }, 'saga: a\nkey: ??\n', 'defs/a.yaml')).toBe(
      'defs/a.yaml:2:6: error: no\n  2 | key: ??\n           ^',
    );
  });

  it('keeps tabs, so that the caret stays below its character', () => {
    expect(problemWithSource({ ...problem, line: 1, column: 3 }, '\tx: 1', 'a')).toBe(
      'a:1:3: error: no\n  1 | \tx: 1\n      \t ^',
    );
  });

  it('cuts a long line around the place', () => {
    const [, source, caret] = problemWithSource(
      { ...problem, line: 1, column: 401 },
      `${'a'.repeat(400)}!${'b'.repeat(400)}`,
      'a',
    ).split('\n');

    expect(source![caret!.indexOf('^')]).toBe('!');
    expect(source!.length).toBeLessThan(180);
  });
});

describe('a problem without a place', () => {
  it('names the path in the document', () => {
    expect(problemWithSource(problem, undefined, 'built')).toBe('built key: error: no');
  });
});
