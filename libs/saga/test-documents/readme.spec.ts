import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { BLOCKS_BY_HEAD } from '../src/blocks/registered-blocks.js';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';

const readme = readFileSync('libs/saga/README.md', 'utf8');
const examples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => ({
  file: 'README.md',
  text: text!,
}));

describe('the README', () => {
  it('shows definitions that compile', () => {
    const { programs, problems } = compileDefinitions(examples);

    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(programs.map(({ definition }) => definition)).toEqual(['order-fulfilment', 'quote']);
  });

  it('shows tests that pass', () => {
    const { tests } = compileDefinitions(examples);

    expect(tests.map((suite) => runTests(suite).isPassed)).toEqual([true]);
  });

  it('names every block with its keys', () => {
    for (const { head, fields } of BLOCKS_BY_HEAD.values()) {
      const row = readme
        .split('\n')
        .find((line) => line.startsWith('| `') && line.split('|')[1]!.includes(`\`${head}\``))!;

      expect({ head, missing: Object.keys(fields).filter((key) => !row.includes(key)) }).toEqual({
        head,
        missing: [],
      });
    }
  });
});
