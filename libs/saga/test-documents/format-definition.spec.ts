import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments, stringify } from 'yaml';
import { formatDefinition } from '../src/editor/format-definition.js';
import { exampleSources } from './example-sagas.fixture.js';

const meaningOf = (text: string): unknown =>
  parseAllDocuments(text).map((document): unknown => document.toJS());

describe('a definition that is formatted', () => {
  it('begins with its head, and so does each of its blocks', () => {
    const text = `version: 1
key: input.id
saga: smallest
steps:
  - with: { id: input.id }   # what is sent
    # The first thing to do.
    step: reserve
    do: warehouse.reserve
  - if: input.isPaid
    catch:
      refused:
        do:
          - { with: { id: input.id }, step: apologise, do: mail.send }
    parallel: both
    branches:
      one:
        - do: a.one
          step: one
`;

    expect(formatDefinition(text)).toBe(`saga: smallest
version: 1
key: input.id
steps:
  - # The first thing to do.
    step: reserve
    with: { id: input.id }   # what is sent
    do: warehouse.reserve
  - parallel: both
    if: input.isPaid
    catch:
      refused:
        do:
          - { step: apologise, with: { id: input.id }, do: mail.send }
    branches:
      one:
        - step: one
          do: a.one
`);
  });

  it('keeps everything else as it was written', () => {
    const text = `saga: smallest  # with a comment

key: "input.id"     # aligned
steps: [{ step: one }, {step: two,
   do: b.two}]
`;

    expect(formatDefinition(text)).toBe(text);
  });

  it('has no blanks at the ends of its lines but in texts that keep them', () => {
    expect(formatDefinition('saga: a  \nversion: 1\t\nnote: |\n  kept  \n  as is\nkey: input.id\n\n\n')).toBe(
      'saga: a\nversion: 1\nnote: |\n  kept  \n  as is\nkey: input.id\n',
    );
    expect(formatDefinition('saga: a')).toBe('saga: a\n');
    expect(formatDefinition('saga: a\nnote: |+\n  kept\n\n\n')).toBe('saga: a\nnote: |+\n  kept\n\n\n');
  });

  it('is not touched where it is not YAML, or does not say what it is', () => {
    for (const text of ['saga: [  \n', 'a: 1  # b\nb: 2\n', 'steps:\n  - do: x\n    step: a\n    wait: b\n'])
      expect(formatDefinition(text)).toBe(text);
  });

  it('is formatted already when it is an example', () => {
    for (const { file, text } of exampleSources)
      expect({ file, text: formatDefinition(text) }).toEqual({ file, text });
  });

  it('means the same whichever place its heads had', () => {
    for (const { text } of exampleSources) {
      const moved = headsLast(text);
      const formatted = formatDefinition(moved);

      expect(meaningOf(formatted)).toEqual(meaningOf(text));
      expect(formatDefinition(formatted)).toBe(formatted);
      expect(firstKeys(formatted)).toEqual(firstKeys(text));
    }
  });
});

/** The same documents, with the first key of every map in a list, and of every document, written last. */
function headsLast(text: string): string {
  return parseAllDocuments(text)
    .map((document) => stringify(lastly(document.toJS()), { lineWidth: 0 }))
    .join('---\n');
}

function lastly(value: unknown, isMovable = true): unknown {
  if (Array.isArray(value)) return value.map((item) => lastly(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, lastly(inner, false)] as const);
  return Object.fromEntries(isMovable ? [...entries.slice(1), ...entries.slice(0, 1)] : entries);
}

/** The first key of every document and of every block of its list. */
function firstKeys(text: string): unknown {
  return parseAllDocuments(text).map((document) => {
    const value = document.toJS() as Record<string, unknown>;
    const { steps } = value;
    return [
      Object.keys(value)[0],
      Array.isArray(steps) ? steps.map((step: object) => Object.keys(step)[0]) : [],
    ];
  });
}
