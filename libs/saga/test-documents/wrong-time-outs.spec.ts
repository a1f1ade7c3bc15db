import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const STEP = '  - { step: note, call: inventory.note, compensate: { none: it is only a note }, timeout: ';
const USUAL = '{ after: 10s, because: the usual }';

const SHARED =
  'Known here: before, now, saga, step. Sagas share a time-out policy, so it sees nothing that one of them was given or has found out. Where the time depends on that, write two steps in a `choice`, each with its own `timeout`.';

function policy(entries: string, name = 'patient'): string {
  return `namespace: shop\npolicies:\n  timeout:\n    ${name}: [${entries}]\n---\n`;
}

function stepWith(timeout: string): string {
  return sagaOf(`${STEP}${timeout} }`);
}

const documents: readonly WrongDocument[] = [
  {
    name: 'a policy that is not there, with what is meant',
    text: `${policy(USUAL)}${stepWith('{ policy: patent }')}`,
    says: ['10:101: error: There is no time-out policy "patent". Did you mean "patient"?'],
  },
  {
    name: 'a policy where there is none',
    text: stepWith('{ policy: patient }'),
    says: [
      '5:101: error: There is no time-out policy "patient". Name it under `policies.timeout` of the namespace.',
    ],
  },
  {
    name: 'a policy without its key',
    text: `${policy(USUAL)}${stepWith('patient')}`,
    says: [
      '10:91: error: A duration is written as 30s, 5m or 1h30m. If "patient" is a policy of the namespace, write `timeout: { policy: patient }`.',
    ],
  },
  {
    name: 'a policy that has nothing to decide',
    text: `${policy(USUAL)}${stepWith('{ policy: patient, after: 1s, accepted: 2s }')}`,
    says: [
      '10:93: error: Both times are said here, so the policy has nothing to decide. Leave out `policy`, or one of `after` and `accepted`.',
    ],
  },
  {
    name: 'a policy for the time of a block',
    text: `${policy(USUAL)}${sagaOf('  - { group: all, do: [], timeout: { policy: patient } }')}`,
    says: [
      '10:36: error: The time of a whole block is one number: `timeout: 10m`. A policy is about the silence of participants: name it at steps, or under `defaults: { step: … }`.',
    ],
  },
  {
    name: 'no entry that always holds',
    text: `${policy("{ if: step.kind == 'pivot', after: 10s, because: a while }")}${stepWith('{ policy: patient }')}`,
    says: [
      '4:15: error: No entry of time-out policy "patient" holds always, so how long it waits is not said. Add one to the end without `if` and `during`: `- { after: 30s, because: … }`.',
    ],
  },
  {
    name: 'no entry',
    text: `${policy('')}${stepWith('{ policy: patient }')}`,
    says: [
      '4:14: error: Time-out policy "patient" has no entry. Write at least `- { after: 30s, because: … }`.',
    ],
  },
  {
    name: 'an entry behind one that always holds',
    text: `${policy(`${USUAL}, { after: 1s, because: never }`)}${stepWith('5s')}`,
    says: [
      '4:15: error: This entry holds always, so what stands behind it never counts. Give it `if` or `during`, or move it to the end.',
    ],
  },
  {
    name: 'a condition that is no condition',
    text: `${policy(`{ if: before.step.times + 1, after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: ['4:21: error: A condition is true or false, and this is a number.'],
  },
  {
    name: 'a condition about the input, which a policy for many sagas does not see',
    text: `${policy(`{ if: input.total > 3, after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: [`4:21: error: There is no "input" here. ${SHARED}`],
  },
  ...[
    ['steps', 'steps.count.output > 3'],
    ['facts', 'facts.stock.value.count > 3'],
    ['toggles', 'toggles.hurry'],
    ['failure', "failure.error == 'silent'"],
    ['item', 'item.total > 3'],
  ].map(([name, condition]): WrongDocument => ({
    name: `a condition about ${name}, which only a saga knows`,
    text: `${policy(`{ if: "${condition}", after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: [`4:21: error: There is no "${name}" here. ${SHARED}`],
  })),
  {
    name: 'a condition with a typo',
    text: `${policy(`{ if: befor.step.times > 3, after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: ['4:21: error: There is no "befor" here. Did you mean "before"?'],
  },
  {
    name: 'a field that history does not have',
    text: `${policy(`{ if: before.step.count > 1, after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: ['4:21: error: `before.step` has no field "count". Known here: outcome, times, took.'],
  },
  {
    name: 'a comparison of a duration with a number',
    text: `${policy(`{ if: before.step.took > 5, after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: ['4:21: error: ">" does not go between a duration and a number.'],
  },
  {
    name: 'an expression that is broken',
    text: `${policy(`{ if: 'step.kind ==', after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: ['4:34: error: The expression ends too early.'],
  },
  {
    name: 'a calendar that is not there',
    text: `${policy(`{ during: night, after: 1s, because: a while }, ${USUAL}`)}${stepWith('5s')}`,
    says: ['4:25: error: The namespace has no calendar "night".'],
  },
  {
    name: 'an entry without time and reason',
    text: `${policy(`{ if: true }, ${USUAL}`)}${stepWith('5s')}`,
    says: [
      '4:15: error: `after` is missing: how long silence is borne, such as 30s.',
      '4:15: error: `because` is missing: say why, as people read it in the history of the step.',
    ],
  },
  {
    name: 'a policy that is no list',
    text: `namespace: shop\npolicies: { timeout: { patient: { after: 3s } } }\n---\n${stepWith('5s')}`,
    says: ['2:33: error: Expected a list, and this is a map. Put "- " in front of each item.'],
  },
  {
    name: 'a time that is none',
    text: `${policy('{ after: 10, because: a while }')}${stepWith('5s')}`,
    says: [
      '4:24: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is 10. Write its unit, too: 10s or 10ms.',
    ],
  },
  {
    name: 'a policy of another namespace that keeps it',
    text: `${policy(USUAL).replace('policies:', 'default: true\npolicies:')}namespace: claims\n---\n${sagaOf(
      `${STEP}{ policy: patient } }`,
    )}belongsTo: claims\n`,
    says: [
      '13:101: error: The time-out policy "patient" belongs to namespace "shop", which keeps it for itself. Write `exports: { timeout: [patient] }` there, or use one of namespace "claims".',
    ],
  },
  {
    name: 'an export of a policy that is not there',
    text: `${policy(USUAL).replace('policies:', 'exports: { timeout: [pateint] }\npolicies:')}${stepWith('5s')}`,
    says: [
      '2:22: error: Namespace "shop" has no time-out policy "pateint" to export. Did you mean "patient"?',
    ],
  },
  {
    name: 'a claim about a step that is not there',
    text: `${policy(USUAL)}${stepWith('{ policy: patient }')}---\ntests: order\nversion: 1\ngiven: { start: { input: {} } }\ncases: [{ test: it waits, then: { waits: { notes: { after: 1s } } } }]\n`,
    says: ['15:44: error: The saga has no block "notes". Did you mean "note"?'],
  },
];

describe('a document with a wrong time-out policy', () => {
  it.each(documents)('is told about $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
