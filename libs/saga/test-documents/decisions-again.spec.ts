import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { decideAgain, type DecisionNote } from '../src/engine/deciding-again.js';
import type { Program } from '../src/program.js';
import { run } from './running-saga.js';

const limits = (most: number): string => `decision: limits
version: ${most}
hit: first
inputs: { amount: { type: integer }, at: { type: string } }
rules:
  - { rule: too-much, if: amount > ${most}, output: '\${ { "ok": false, "at": now } }' }
default: '\${ { "ok": true, "at": now } }'
---
decision: blocked
version: ${most}
hit: collect
inputs: { country: { type: string }, closed: { type: array, items: { type: string } } }
rules: [{ rule: closed, if: country in closed }]
`;

const paying = (most: number): string => `saga: paying
version: 1
key: input.id
steps:
  - { decide: allowed, table: limits, version: ${most}, with: { amount: '\${ input.amount }', at: '\${ input.id }' } }
  - { decide: open, table: blocked, version: ${most}, over: input.countries, as: country, with: { closed: '\${ input.closed }' } }
`;

function programOf(...texts: readonly string[]): Program {
  const { programs, problems } = compileDefinitions(
    texts.map((text, index) => ({ file: `${index}.yaml`, text })),
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

const program = programOf(limits(100), limits(200), paying(100));
const input = { id: 'p1', amount: 150, countries: ['de', 'xx'], closed: ['xx'] };
// As they come back from the history.
const [allowed, open] = JSON.parse(JSON.stringify(run(program, input).notes)) as [DecisionNote, DecisionNote];

describe('a decision that is made once more from what was known then', () => {
  it('is the same', () => {
    expect(allowed.rules).toEqual(['too-much']);
    expect(decideAgain(program, 'allowed', allowed, 0)).toEqual({ kind: 'same' });
    expect(decideAgain(program, 'open', open, 0)).toEqual({ kind: 'same' });
  });

  it('is made as of then', () => {
    expect(decideAgain(program, 'allowed', allowed, 1_000)).toEqual({
      kind: 'different',
      rules: ['too-much'],
      because: 'the same rules give another output',
    });
  });

  it('is different where other inputs are kept than it was made from', () => {
    const inputs = { ...(allowed.inputs as object), amount: 50 };

    expect(decideAgain(program, 'allowed', { ...allowed, inputs }, 0)).toEqual({
      kind: 'different',
      rules: [],
      because: 'other rules hold',
    });
  });

  it('says what is wrong with inputs that cannot have been', () => {
    const inputs = { ...(allowed.inputs as object), amount: 'much' };

    expect(decideAgain(program, 'allowed', { ...allowed, inputs }, 0)).toMatchObject({
      kind: 'different',
      because: expect.stringContaining('amount'),
    });
  });

  it('is not made by another version of the table', () => {
    const later = programOf(limits(100), limits(200), paying(200));

    expect(decideAgain(later, 'allowed', allowed, 0)).toEqual({
      kind: 'impossible',
      because: 'allowed does not ask limits version 100 there',
    });
    expect(decideAgain(later, 'elsewhere', allowed, 0)).toMatchObject({ kind: 'impossible' });
  });
});
