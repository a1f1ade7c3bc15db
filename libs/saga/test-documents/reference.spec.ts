import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { BLOCKS_BY_HEAD } from '../src/blocks/registered-blocks.js';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { RESERVED_NAMES } from '../src/compiler/reserved-names.js';
import { formatProblem } from '../src/document/problem.js';
import { EXPLAINED_NAMES } from '../src/editor/expression-reference.js';
import { languageReference } from '../src/editor/language-reference.js';

const PATH = 'libs/saga/REFERENCE.md';

const AROUND = `decision: refund-share
version: 1
inputs: { days: { type: integer } }
hit: first
rules: [{ rule: early, if: days < 30, output: 100 }]
default: 0
---
fragment: notify
version: 1
params: { text: string }
steps: [{ emit: tell, event: shop.told, with: { text: '\${ params.text }' } }]
---
saga: pay-out
version: 1
key: input.orderId
steps: []
---
namespace: shop
roles: { clerk: { authority: 1 }, lead: { authority: 2 } }
---
`;

describe('the reference of the language', () => {
  it('is the one in the file, which is written with the schema for editors', () => {
    expect(readFileSync(PATH, 'utf8')).toBe(languageReference());
  });

  it.each([...BLOCKS_BY_HEAD.values()].map(({ head, example }) => [head, example] as const))(
    'shows a %s that compiles',
    (_head, example) => {
      const text = `${AROUND}saga: example\nversion: 1\nkey: input.orderId\nsteps:\n  - ${example}\n`;
      const { problems } = compileDefinitions([{ file: 'example.yaml', text }]);

      expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
    },
  );

  it('has a section and every key for every block', () => {
    const sections = languageReference().split('\n### ');

    for (const { head, fields } of BLOCKS_BY_HEAD.values()) {
      const section = sections.find((text) => text.startsWith(`${head}\n`)) ?? '';
      const missing = Object.keys(fields).filter((key) => !section.includes(`\n| \`${key}\` |`));

      expect({ head, missing }).toEqual({ head, missing: [] });
    }
  });

  it('explains every name that means something in expressions', () => {
    expect(RESERVED_NAMES.filter((name) => !EXPLAINED_NAMES.includes(name))).toEqual([]);
  });
});
