import { describe, expect, it } from '@jest/globals';
import { piecesOf, storedText } from './document-pieces.js';

describe('a file of several documents', () => {
  const pieces = piecesOf({
    path: 'a.yaml',
    text: '# head\nsaga: one\nversion: 1\n---\n# only a comment\n---\nsaga: two\n--- { saga: three }\n',
  });

  it('falls apart at its markers', () => {
    expect(pieces.map(storedText)).toEqual([
      '# head\nsaga: one\nversion: 1\n',
      'saga: two\n',
      '    { saga: three }\n',
    ]);
  });

  it('keeps every document at its line and column', () => {
    const lines = (index: number) => pieces[index]!.text.split('\n');

    expect(lines(1)[6]).toBe('saga: two');
    expect(lines(2)[7]).toBe('    { saga: three }');
  });
});

describe('a marker inside a text', () => {
  it('is no marker when it is indented', () => {
    expect(piecesOf({ path: 'a.yaml', text: 'saga: a\ndescription: |\n  ---\n  b\n' })).toHaveLength(1);
  });
});

describe('a file without content', () => {
  it.each(['', '\n# nothing\n', '---\n...\n'])('has no document', (text) => {
    expect(piecesOf({ path: 'a.yaml', text })).toEqual([]);
  });
});
