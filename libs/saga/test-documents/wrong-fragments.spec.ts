import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const NOTIFY = `fragment: notify
version: 1
params: { to: string, times: integer }
steps:
  - { step: send, call: mail.send, with: { to: '\${ params.to }' }, compensate: { none: it stays sent } }
---
`;

function including(keys: string): string {
  return `${NOTIFY}${sagaOf(`  - { include: tell, fragment: notify${keys} }`)}`;
}

const documents: readonly WrongDocument[] = [
  {
    name: 'a fragment that does not exist',
    text: including('').replace('fragment: notify }', 'fragment: notfy }'),
    says: [
      '11:32: error: There is no fragment "notfy". Write a document `fragment: notfy`. Did you mean "notify"?',
    ],
  },
  {
    name: 'a version that does not exist',
    text: including(', version: 7, with: { to: a, times: 1 }'),
    says: ['11:49: error: Fragment "notify" has no version 7. There is 1.'],
  },
  {
    name: 'a param that was forgotten',
    text: including(', with: { to: a }'),
    says: ['11:32: error: Fragment "notify" also needs "times". Give it under `with`.'],
  },
  {
    name: 'a param the fragment does not have',
    text: including(', with: { to: a, times: 1, subject: b }'),
    says: ['11:65: error: Fragment "notify" has no param "subject". It has "to", "times".'],
  },
  {
    name: 'a param of another kind',
    text: including(", with: { to: '${ 1 + 1 }', times: 1 }"),
    says: ['11:52: error: Param "to" of fragment "notify" is string, and this is a number.'],
  },
  {
    name: 'a block of a fragment read from outside',
    text: `${including(', with: { to: a, times: 1 }')}  - { set: x, value: '\${ steps.send.output }' }\n`,
    says: ['12:26: error: There is no block "send". Known here: tell.'],
  },
  {
    name: 'a fragment that reads the input',
    text: including(', with: { to: a, times: 1 }').replace('params.to }', 'input.to }'),
    says: ['5:52: error: There is no "input" here. Known here: now, params.'],
  },
  {
    name: 'a step of a fragment without data',
    text: including(', with: { to: a, times: 1 }').replace(", with: { to: '${ params.to }' }", ''),
    says: [
      "5:25: error: A fragment sees its params only, so the data of a step is said under `with`, such as `with: { to: '${ params.to }' }`.",
    ],
  },
  {
    name: 'a param of an unknown type',
    text: including(', with: { to: a, times: 1 }').replace('to: string', 'to: text'),
    says: [
      '3:15: error: Expected one of `string`, `number`, `integer`, `boolean`, `object`, `array`, and this is "text".',
    ],
  },
  {
    name: 'a fragment that includes itself',
    text: `fragment: a
version: 1
steps: [{ include: b, fragment: b }]
---
fragment: b
version: 1
steps: [{ include: a, fragment: a }]
---
${sagaOf('  - { include: x, fragment: a }')}`,
    says: [
      '7:33: error: A fragment cannot include itself: a includes b includes a. Use `repeat` for what has to happen again.',
    ],
  },
  {
    name: 'a name of a fragment that is used twice',
    text: including(', with: { to: a, times: 1 }').replace(
      'steps:\n  - { step',
      'steps:\n  - { set: send, value: 1 }\n  - { step',
    ),
    says: ['6:13: error: Another block is called "send". Give one of them another name.'],
  },
  {
    name: 'a step of a fragment that cannot be undone',
    text: including(', with: { to: a, times: 1 }').replace(', compensate: { none: it stays sent }', ''),
    says: [
      '5:13: error: Step "tell.send" does not say how it is undone. Write `compensate: <command>`, or `compensate: { none: <why> }`, or `pivot: true` if everything behind it only goes forward.',
    ],
  },
  {
    name: 'a catch around a fragment that leaves open what is undone',
    text: including(', with: { to: a, times: 1 }, catch: { rejected: { then: continue } }').replace(
      '{ none: it stays sent }',
      'mail.recall',
    ),
    says: [
      '11:76: error: Say what happens to what was done inside before "rejected": `undo: true` undoes it before the handler runs, `undo: false` keeps it. It has to be said with continue.',
    ],
  },
];

describe('a fragment with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });

  it('is told of in its own file, once', () => {
    const saga = sagaOf(`  - { include: one, fragment: notify, with: { to: a, times: 1 } }
  - { include: two, fragment: notify, with: { to: a, times: 1 } }`);
    const { problems } = compileDefinitions([
      { file: 'fragments/notify.yaml', text: NOTIFY.replace('params.to }', 'params.too }') },
      { file: 'saga.yaml', text: saga },
    ]);

    expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([
      'fragments/notify.yaml:5:52: error: `params` has no field "too". Did you mean "to"?',
    ]);
  });
});
