import { describe, expect, it } from '@jest/globals';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const AGENT = `participant: adviser
kind: agent
owner: data
clearance: []
commands:
  advise: { effect: none, allow: { of: data.action, values: [approve, refer] }, record: [data.model] }
---
saga: claim
version: 1
key: input.id
toggles: { advice: { default: true } }
steps:
`;

const STEP =
  '  - { step: ask, call: adviser.advise, toggle: advice, catch: { failed: incident, unknown: incident, invalid: incident } }\n';
const REVIEW =
  "  - { task: review, to: { role: clerk }, show: { said: '${ steps.ask.output }' }, answers: { agree: [], change: [] }, escalate: [{ after: 1d, to: { role: lead } }] }\n";

const documents: readonly WrongDocument[] = [
  {
    name: 'nobody can switch it off',
    text: AGENT + STEP.replace(' toggle: advice,', '') + REVIEW,
    says: [
      '13:13: error: Agent step "ask" has no runtime control: nobody could switch the agent off while sagas run. Write `toggle: <name>` here or at a block around it, and declare it under `toggles`.',
    ],
  },
  {
    name: 'no person can overrule it',
    text: AGENT + STEP,
    says: [
      '13:13: error: Agent step "ask" has no override: no person sees its answer who could decide otherwise. Write a `task` with more than one answer, or with fields, that shows `${ steps.ask.output }`.',
    ],
  },
  {
    name: 'people see its answer and have only one of their own',
    text: AGENT + STEP + REVIEW.replace('agree: [], change: []', 'seen: []'),
    says: [expect.stringContaining('Agent step "ask" has no override') as unknown as string],
  },
  {
    name: 'people see something else',
    text: AGENT + STEP + REVIEW.replace('steps.ask.output', 'input'),
    says: [expect.stringContaining('Agent step "ask" has no override') as unknown as string],
  },
  {
    name: 'nobody takes over when it fails',
    text: AGENT + STEP.replace('failed: incident, ', '') + REVIEW,
    says: [
      '13:24: error: Agent step "ask" has no escalation for failed: nobody takes over when it fails. Say who or what does with `catch: { failed: … }`, here or at a block around it.',
    ],
  },
  {
    name: 'all of that is missing',
    text: `${AGENT}  - { step: ask, call: adviser.advise }\n`,
    says: [
      expect.stringContaining('no runtime control') as unknown as string,
      expect.stringContaining('no override') as unknown as string,
      expect.stringContaining('no escalation for invalid, unknown, failed') as unknown as string,
    ],
  },
  {
    name: 'it stands in a fragment',
    text: `${AGENT}  - { include: advise, fragment: advised, catch: { failed: incident, unknown: incident, invalid: incident } }
---
fragment: advised
version: 1
steps:
  - { step: ask, call: adviser.advise, with: {} }
`,
    says: [
      expect.stringMatching(/^18:13: error: Agent step "ask" has no runtime control/) as unknown as string,
      expect.stringMatching(/^18:13: error: Agent step "ask" has no override/) as unknown as string,
    ],
  },
];

describe('a step of an agent', () => {
  it.each(documents)('is refused where $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });

  it.each([
    ['a step with all of it', STEP + REVIEW],
    [
      'a group around it',
      `  - group: advice
    toggle: advice
    do:
      - { step: ask, call: adviser.advise }
    catch: { failed: incident, unknown: incident, invalid: incident }
${REVIEW.replace('agree: [], change: []', 'decided: { needs: [action] }')}`,
    ],
  ])('is accepted with a switch, a way on and an override: %s', (_, steps) => {
    expect(errorsOf({ name: '', text: AGENT + steps, says: [] })).toEqual([]);
  });
});
