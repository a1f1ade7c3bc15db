import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { advance } from '../src/engine/advance.js';
import { runTests } from '../src/trial/run-tests.js';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const claim = `saga: decide-claim
version: 1
key: input.claimId
input: { type: object, additionalProperties: false, required: [claimId, amount], properties: { claimId: { type: string }, amount: { type: integer } } }
steps:
  - step: decide
    call: claims.decide
    pivot: true
---
`;

const appeal = `${claim}saga: appeal-claim
version: 1
key: input.claimId
triggers:
  - event: claims.appealed
    link: { saga: decide-claim, key: data.claimId }
  - person: adjudicator
steps:
  - step: pay
    if: linked != null
    call: claims.pay
    with: { amount: '\${ linked.input.amount }', first: '\${ linked.steps.decide.output.reason }', was: '\${ linked.status }' }
    pivot: true
---
tests: appeal-claim
version: 1
given: { start: { event: claims.appealed, data: { claimId: c-1 } } }
cases:
  - test: what was decided first is at hand
    given:
      start:
        linked: { id: s-1, key: c-1, definition: decide-claim, version: 1, status: completed, input: { claimId: c-1, amount: 70 }, steps: { decide: { output: { reason: too late } } } }
    then: { outcome: completed, data: { claims.pay: { amount: 70, first: too late, was: completed } } }
  - test: without a first decision there is nothing to appeal
    then: { outcome: not-started }
`;

describe('a saga that is linked to another one', () => {
  it('holds in its tests', () => {
    const { tests, problems } = compileDefinitions([{ file: 'appeal.yaml', text: appeal }]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);

    const cases = tests.flatMap((suite) => runTests(suite).cases);

    expect(cases.map(({ name, mismatches }) => [name, mismatches])).toEqual([
      ['what was decided first is at hand', []],
      ['without a first decision there is nothing to appeal', []],
    ]);
  });

  it('is given nothing where it was started in another way', () => {
    const text = appeal.replace(
      'given: { start: { event: claims.appealed, data: { claimId: c-1 } } }',
      'given: { start: { input: { claimId: c-1 } } }',
    );
    const alone = `${text.slice(0, text.indexOf('cases:'))}cases:
  - test: it does without
    then: { outcome: completed, never: [claims.pay] }
`;

    const { tests } = compileDefinitions([{ file: 'appeal.yaml', text: alone }]);

    expect(tests.flatMap((suite) => runTests(suite).cases).map(({ mismatches }) => mismatches)).toEqual([[]]);
  });
});

const verdict = `${claim}saga: refute-claim
version: 1
key: input.claimId
triggers: [{ event: claims.refuted, link: { saga: decide-claim, key: data.claimId } }]
steps: [{ end: noted }]
outcomes:
  completed: { judge: "\${ linked.input.amount > 50 ? input.verdict : 'unknown' }" }
`;

describe('what a saga says of the one that it is linked to', () => {
  function ended(amount: number, said: string) {
    const { programs, problems } = compileDefinitions([{ file: 'refute.yaml', text: verdict }]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const program = programs.find(({ definition }) => definition === 'refute-claim')!;
    const facts = { id: 's2', key: 'c-1', definition: 'refute-claim', version: 1, startedAt: 1, hops: 0 };
    const linked = { id: 's1', input: { claimId: 'c-1', amount } };
    const input = { claimId: 'c-1', verdict: said };
    return advance(program, undefined, { kind: 'start', now: 1, facts, input, toggles: {}, linked });
  }

  it('is told with its end', () => {
    const { effects } = ended(70, 'bad');

    expect(effects.at(-1)).toEqual({ kind: 'finish', status: 'completed', result: 'noted', verdict: 'bad' });
  });

  it('may be that nobody knows', () => {
    expect(ended(20, 'bad').effects.at(-1)).toMatchObject({ kind: 'finish', verdict: 'unknown' });
  });

  it('is a matter for a person when it is no verdict', () => {
    expect(ended(70, 'awful').effects.at(-1)).toMatchObject({
      kind: 'incident',
      code: 'OUTCOME_INVALID',
      message: 'a verdict is one of good, bad, unknown, and this is "awful"',
    });
  });
});

const steps = "steps: [{ set: amount, value: '${ linked.input.amount }' }]\n";
const head = `${claim}saga: appeal-claim\nversion: 1\nkey: input.claimId\n`;

const linkedHead = `${head}triggers: [{ event: claims.refuted, link: { saga: decide-claim, key: data.claimId } }]\nsteps: []\n`;

const documents: readonly WrongDocument[] = [
  {
    name: 'a link without a key',
    text: `${head}triggers: [{ event: claims.appealed, link: { saga: decide-claim } }]\n${steps}`,
    says: ['13:44: error: `key` is missing: its business key, such as data.claimId.'],
  },
  {
    name: 'a link to nobody',
    text: `${head}triggers: [{ event: claims.appealed, link: { key: data.claimId } }]\n${steps}`,
    says: ['13:44: error: `saga` is missing: whose saga it is about, by the name of its definition.'],
  },
  {
    name: 'a link of a schedule',
    text: `${head}triggers: [{ schedule: 0 5 * * *, link: { saga: decide-claim, key: data.claimId } }]\nsteps: []\n`,
    says: [
      '13:35: error: A trigger on `schedule` has no key `link`. Known here: gates, requires, schedule, with, zone.',
    ],
  },
  {
    name: 'evidence that nobody linked',
    text: `${head}triggers: [{ event: claims.appealed }]\n${steps}`,
    says: ['14:35: error: There is no "linked" here. Known here: input, now, saga, toggles.'],
  },
  {
    name: 'a field that the linked saga never had',
    text: `${head}triggers: [{ event: claims.appealed, link: { saga: decide-claim, key: data.claimId } }]\n${steps.replace('amount }', 'amuont }')}`,
    says: ['14:35: error: `linked.input` has no field "amuont". Did you mean "amount"?'],
  },
  {
    name: 'a verdict about nobody',
    text: `${head}triggers: [{ event: claims.refuted }]\nsteps: []\noutcomes: { completed: { judge: bad } }\n`,
    says: [
      '15:26: error: `judge` says what the saga has turned out to be that this one is linked to. Put a `link` on a trigger.',
    ],
  },
  {
    name: 'a verdict that is none',
    text: `${linkedHead}outcomes: { completed: { judge: awful } }\n`,
    says: ['15:33: error: A verdict is one of good, bad and unknown.'],
  },
  {
    name: 'a verdict that is true or false',
    text: `${linkedHead}outcomes: { completed: { judge: '\${ linked.input.amount > 3 }' } }\n`,
    says: ['15:33: error: A verdict is one of good, bad and unknown.'],
  },
  {
    name: 'data of no event',
    text: `${linkedHead}outcomes: { completed: { with: { a: 1 }, judge: bad } }\n`,
    says: ["15:26: error: `with` is an event's data. Name the event by `emit`, or leave it out."],
  },
  {
    name: 'an end of which nothing comes',
    text: `${linkedHead}outcomes: { completed: {} }\n`,
    says: ['15:24: error: `emit` is missing: name the event to publish.'],
  },
];

describe('a link that cannot be', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
