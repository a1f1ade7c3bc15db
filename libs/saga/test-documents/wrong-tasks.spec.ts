import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const NAMESPACE = `namespace: claims
roles: { clerk: { authority: 1 }, adjudicator: { authority: 3 }, head: { authority: 4 } }
calendars: { office-hours: { zone: Europe/Berlin, open: { mon-fri: ['09:00-17:00'] } } }
---
`;

/** A task with these keys, below a namespace of three lines. */
function taskOf(...lines: readonly string[]): string {
  return NAMESPACE + sagaOf(['  - task: decide', ...lines.map((line) => `    ${line}`)].join('\n'));
}

const TO = 'to: { role: adjudicator }';
const ESCALATE = 'escalate: [{ after: 1d, to: { role: head } }]';
const ANSWERS = 'answers: { approve: [], deny: { adverse: true, needs: [reason] } }';

const documents: readonly WrongDocument[] = [
  {
    name: 'a task that asks nobody',
    text: taskOf(ESCALATE, ANSWERS),
    says: ['9:5: error: This task asks nobody. Write `to: { role: <role> }`, here or under `defaults.task`.'],
  },
  {
    name: 'a `to` without anybody',
    text: taskOf('to: { authority: 3 }', ESCALATE, ANSWERS),
    says: ['10:9: error: `to` asks nobody. Write `to: { role: <role> }`, or name `candidates`.'],
  },
  {
    name: 'a task without a way up',
    text: taskOf(TO, ANSWERS),
    says: [
      '9:5: error: Nobody else is asked when nobody answers. Write `escalate: [{ after: 1d, to: { role: <role> } }]`, here or under `defaults.task`.',
    ],
  },
  {
    name: 'an escalation to lower authority',
    text: taskOf(TO, 'escalate: [{ after: 1d, to: { role: clerk } }]', ANSWERS),
    says: [
      '11:33: error: "clerk" has authority 1, and the task was put to people with authority 3. Escalate to people of the same authority or a higher one.',
    ],
  },
  {
    name: 'a role that nobody has',
    text: taskOf('to: { role: adjudicater }', ESCALATE, ANSWERS),
    says: ['10:17: error: The namespace has no role "adjudicater". Did you mean "adjudicator"?'],
  },
  {
    name: 'an authority without roles to compare it with',
    text: sagaOf(`  - task: decide
    to: { role: lead, authority: 3 }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { ok: [] }`),
    says: [
      '6:34: error: An authority is compared with that of roles, and the namespace names none. Write `roles: { <role>: { authority: 1 } }` there.',
    ],
  },
  {
    name: 'an authority in words',
    text: taskOf('to: { role: adjudicator, authority: high }', ESCALATE, ANSWERS),
    says: [
      '10:41: error: An authority is a number such as 3, or an expression such as "${ input.amount > 1000 ? 4 : 3 }".',
    ],
  },
  {
    name: 'a task without answers',
    text: taskOf(TO, ESCALATE),
    says: [
      '9:5: error: A task needs `answers`, such as `{ approve: [], deny: { adverse: true, needs: [reason] } }`.',
    ],
  },
  {
    name: 'an adverse answer without a reason',
    text: taskOf(TO, ESCALATE, 'answers: { deny: { adverse: true } }'),
    says: ['12:33: error: The adverse answer "deny" has to say why. Write `needs: [reason]`.'],
  },
  {
    name: 'a field that the output has already',
    text: taskOf(TO, ESCALATE, 'answers: { deny: { needs: [by] } }'),
    says: ['12:32: error: "by" stands in the output already. Choose another name.'],
  },
  {
    name: 'a timeout of its own',
    text: taskOf(TO, ESCALATE, ANSWERS, 'timeout: 1d'),
    says: [
      '13:5: error: A task has no `timeout`: people may answer as long as the saga waits. Write `due` to tell who is late, `escalate` to ask more people, or `window` with `atEnd` for what silence means.',
    ],
  },
  {
    name: 'silence that denies',
    text: taskOf(TO, ESCALATE, ANSWERS, 'window: 1d', 'atEnd: deny'),
    says: [
      '14:12: error: Silence would mean the adverse answer "deny". Choose another one, or write `adverseOnSilence: <why>`.',
    ],
  },
  {
    name: 'a reason for silence that takes nothing away',
    text: taskOf(TO, ESCALATE, ANSWERS, 'window: 1d', 'atEnd: approve', 'adverseOnSilence: so it is'),
    says: ['15:5: error: "approve" takes nothing away, so `adverseOnSilence` is of no use. Leave it out.'],
  },
  {
    name: 'silence that would have to say something',
    text: taskOf(TO, ESCALATE, 'answers: { change: { needs: [action] } }', 'window: 1d', 'atEnd: change'),
    says: ['14:12: error: Silence cannot say action, which the answer "change" needs. Choose another one.'],
  },
  {
    name: 'silence that means no answer there is',
    text: taskOf(TO, ESCALATE, ANSWERS, 'window: 1d', 'atEnd: aprove'),
    says: ['14:12: error: There is no answer "aprove". Did you mean "approve"?'],
  },
  {
    name: 'a window without an end',
    text: taskOf(TO, ESCALATE, ANSWERS, 'window: 1d'),
    says: [
      '13:5: error: At the end of the `window` nobody may have answered. Say with `atEnd: <answer>` what that means.',
    ],
  },
  {
    name: 'an end without a window',
    text: taskOf(TO, ESCALATE, ANSWERS, 'atEnd: approve'),
    says: [
      '13:5: error: Silence means something only at the end of a `window: <duration>`. Say how long it is.',
    ],
  },
  {
    name: 'a veto without a window',
    text: taskOf(TO, ANSWERS, 'mode: veto'),
    says: [
      '9:5: error: With `mode: veto` the saga goes on when nobody objects: say until when with `window` and what silence means with `atEnd`.',
    ],
  },
  {
    name: 'answers to what is only told',
    text: taskOf(TO, ANSWERS, 'mode: inform'),
    says: [
      '11:5: error: With `mode: inform` nobody is waited for, so `answers` means nothing. Leave it out.',
    ],
  },
  {
    name: 'a calendar there is not',
    text: taskOf(TO, ESCALATE, ANSWERS, 'calendar: office-hour'),
    says: ['13:15: error: The namespace has no calendar "office-hour". Did you mean "office-hours"?'],
  },
  {
    name: 'half a working day',
    text: taskOf(TO, ESCALATE, ANSWERS, 'calendar: office-hours', 'due: 1.5d'),
    says: [
      '14:10: error: Beside a calendar a day is a working day, and there is no part of one. Write hours in place of 1.5d.',
    ],
  },
  {
    name: 'items whose answers do not say what becomes of them',
    text: taskOf(TO, ESCALATE, 'items: input.stops', 'answers: { release: { item: accepted }, reject: {} }'),
    says: [
      '13:53: error: Say what becomes of an item that is answered "reject": `item: accepted` or `item: rejected`.',
    ],
  },
  {
    name: 'blocks for a single item',
    text: taskOf(
      TO,
      ESCALATE,
      'items: input.stops',
      'answers: { drop: { item: rejected, do: [{ end: dropped }] } }',
    ),
    says: [
      '13:44: error: Items are answered one by one, so an answer has no blocks of its own. Put them behind the task, over `.accepted` or `.rejected`.',
    ],
  },
  {
    name: 'an item where there are none',
    text: taskOf(TO, ESCALATE, 'answers: { drop: { item: rejected } }', 'as: stop'),
    says: [
      '12:24: error: `item` goes with `items`. Leave it out.',
      '13:5: error: `as` is about an item. Write `items: <list>`, or leave it out.',
    ],
  },
  {
    name: 'persons in a word',
    text: taskOf(TO, ESCALATE, ANSWERS, 'notBy: ann'),
    says: ['13:12: error: Expected a list of persons such as [ann, bob], or an expression that gives one.'],
  },
  {
    name: 'a field that no answer has',
    text: `${taskOf(TO, ESCALATE, ANSWERS)}  - set: why\n    value: \${ steps.decide.output.reson }\n`,
    says: ['14:15: error: The output of decide has no field "reson". Did you mean "reason"?'],
  },
];

describe('a task with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
