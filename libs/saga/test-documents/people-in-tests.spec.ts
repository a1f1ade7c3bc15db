import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { runTests, type CaseReport } from '../src/trial/run-tests.js';

const CLAIMS = `namespace: claims
roles:
  clerk: { authority: 1 }
  adjudicator: { authority: 3 }
  senior-adjudicator: { authority: 3 }
  head-of-claims: { authority: 4 }
calendars:
  office-hours: { zone: Europe/Berlin, open: { mon-fri: ['09:00-17:00'] } }
---
saga: claim
version: 1
key: input.claimId
steps:
  - task: adjudicate
    to: { role: adjudicator }
    calendar: office-hours
    remind: { after: 1h, every: 2h }
    due: 4h
    escalate:
      - { after: 6h, to: { role: senior-adjudicator } }
      - { after: 2d, to: { role: head-of-claims } }
    answers:
      approve: []
      deny: { adverse: true, needs: [reason], do: [{ end: denied }] }
---
saga: plan
version: 1
key: input.planId
steps:
  - task: review
    to: { role: adjudicator }
    items: input.stops
    as: stop
    key: stop.id
    escalate: [{ after: 20m, to: { role: head-of-claims } }]
    window: 30m
    atEnd: release
    answers:
      release: { item: accepted }
      reject: { item: rejected, needs: [reason] }
  - task: news
    mode: inform
    to: { candidates: [hedda] }
`;

/** A Friday in Berlin, five minutes before everybody goes home. */
const FRIDAY = '2026-11-20T15:55:00Z';

const claim = `tests: claim\nversion: 1\ngiven: { start: { input: { claimId: C-1 }, at: ${FRIDAY} } }\n`;
const plan =
  'tests: plan\nversion: 1\ngiven: { start: { input: { planId: P-1, stops: [{ id: A }, { id: B }] } } }\n';

function compiled(head: string, text: string) {
  const tests = { file: 'tests.yaml', text: `${head}cases:\n  - ${text}\n` };
  return compileDefinitions([{ file: 'claims.yaml', text: CLAIMS }, tests]);
}

function tested(head: string, text: string): CaseReport {
  const { tests, problems } = compiled(head, text);
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return runTests(tests[0]!).cases[0]!;
}

describe('people in a case of a tests document', () => {
  it.each([
    [
      'have until Monday for what comes on Friday at 16:55',
      '{ test: a, then: { outcome: running, tasks: { adjudicate: { dueAt: "2026-11-23T11:55:00Z", overdue: true } } } }',
    ],
    [
      'are reminded in their working hours',
      '{ test: a, when: { adjudicate: { after: 66h, answer: approve } }, then: { tasks: { adjudicate: { at: "2026-11-23T09:55:00Z", reminded: 1, overdue: false } } } }',
    ],
    [
      'are joined by those of at least their authority',
      '{ test: a, then: { tasks: { adjudicate: { status: open, asked: [adjudicator, senior-adjudicator, head-of-claims], escalated: 2 } } } }',
    ],
    [
      'may still answer when others were asked too',
      '{ test: a, when: { adjudicate: { after: 5d, answer: approve, by: ann, role: adjudicator } }, then: { outcome: completed, tasks: { adjudicate: { by: ann, escalated: 2, refused: [] } } } }',
    ],
    [
      'may answer what was put to them later',
      '{ test: a, when: { adjudicate: { after: 5d, answer: approve, by: hedda, role: head-of-claims } }, then: { outcome: completed } }',
    ],
    [
      'of lower authority decide nothing',
      '{ test: a, when: { adjudicate: { after: 1m, answer: approve, by: carl, role: clerk } }, then: { outcome: running, tasks: { adjudicate: { refused: [not-asked] } } } }',
    ],
    [
      'may be wrong before somebody is right',
      '{ test: a, when: { adjudicate: [{ after: 1m, answer: approve, role: clerk }, { after: 2m, answer: deny, role: head-of-claims, data: { reason: no cover } }, { after: 1m, answer: deny, role: adjudicator, data: { reason: no cover } }] }, then: { result: denied, after: 4m, tasks: { adjudicate: { refused: [not-asked, not-asked], answer: deny } } } }',
    ],
    [
      'are not late for a time in which they cannot answer',
      '{ test: a, when: { outage: { after: 65h, for: 20m }, adjudicate: { after: 68h15m, answer: approve } }, then: { tasks: { adjudicate: { dueAt: "2026-11-23T12:15:00Z", at: "2026-11-23T12:10:00Z", overdue: false } } } }',
    ],
    [
      'answer when they can again',
      '{ test: a, when: { outage: { after: 1m, for: 20m }, adjudicate: { after: 2m, answer: approve } }, then: { outcome: completed, after: 21m } }',
    ],
    [
      'are not disturbed by a crash',
      '{ test: a, when: { crash: at every input, adjudicate: { after: 5d, answer: deny, data: { reason: no cover } } }, then: { result: denied } }',
    ],
  ])('%s', (_what, text) => {
    expect(tested(claim, text)).toMatchObject({ mismatches: [], isPassed: true });
  });

  it.each([
    [
      'mean by silence what is written',
      '{ test: a, then: { outcome: completed, after: 30m, outputs: { review: { accepted: [{ id: A }, { id: B }], rejected: [] } } } }',
    ],
    [
      'decide some items and are silent about the rest',
      '{ test: a, when: { review: [{ after: 5m, answer: reject, items: [B], by: ann, data: { reason: closed } }] }, then: { after: 30m, outputs: { review: { accepted: [{ id: A }], rejected: [{ item: { id: B }, by: ann, reason: closed }] } } } }',
    ],
    [
      'decide item by item',
      '{ test: a, when: { review: [{ after: 5m, answer: reject, items: [B], data: { reason: closed } }, { after: 1m, answer: release }] }, then: { after: 6m, outputs: { review: { accepted: [{ id: A }] } }, tasks: { news: { status: informed, asked: [hedda] } } } }',
    ],
    [
      'have their whole time when an outage is over',
      '{ test: a, when: { outage: { after: 10m, for: 20m } }, then: { outcome: completed, after: 50m } }',
    ],
  ])('%s', (_what, text) => {
    expect(tested(plan, text)).toMatchObject({ mismatches: [], isPassed: true });
  });

  it('are told about in the story', () => {
    const { timeline, waitsFor } = tested(
      claim,
      '{ test: a, when: { adjudicate: { after: 1m, answer: approve, by: carl, role: clerk } }, then: { outcome: running } }',
    );

    expect(waitsFor).toEqual(['adjudicate']);
    expect(timeline.map(({ text }) => text)).toEqual([
      'started',
      'adjudicate waits for a person',
      'adjudicate was put to adjudicator (authority 3)',
      'adjudicate refused NOT_ASKED: carl (clerk) was not asked; asked are adjudicator (authority 3)',
      'adjudicate was reminded',
      'adjudicate was reminded',
      'adjudicate was overdue',
      'adjudicate was reminded',
      'adjudicate was escalated: also put to senior-adjudicator (authority 3)',
      ...Array.from({ length: 5 }, () => 'adjudicate was reminded'),
      'adjudicate was escalated: also put to head-of-claims (authority 4)',
    ]);
  });

  it.each([
    ['{ test: a, then: { tasks: { adjudicate: { escalated: 1 } } } }', { escalated: 2 }],
    ['{ test: a, then: { tasks: { adjudicate: { dueAt: "2026-11-21T11:55:00Z" } } } }', { overdue: true }],
    ['{ test: a, then: { tasks: { adjudicate: { refused: [not-asked] } } } }', { refused: [] }],
  ])('fails: %s', (text, actual) => {
    expect(tested(claim, text).mismatches).toMatchObject([{ key: 'tasks', actual: { adjudicate: actual } }]);
  });
});

describe('a mistake about people in a tests document', () => {
  it.each([
    [
      'an answer there is not',
      '{ test: a, when: { adjudicate: { answer: aprove } }, then: { outcome: completed } }',
      '5:46: error: "aprove" is no answer to "adjudicate". Did you mean "approve"?',
    ],
    [
      'an answer without what it needs',
      '{ test: a, when: { adjudicate: { answer: deny } }, then: { outcome: completed } }',
      '5:46: error: The answer "deny" needs reason. Write `data: { reason: … }` beside it.',
    ],
    [
      'a field nobody reads',
      '{ test: a, when: { adjudicate: { answer: approve, data: { resaon: fine } } }, then: { outcome: completed } }',
      '5:63: error: The answer "approve" has no field "resaon". Did you mean "reason"?',
    ],
    [
      'no answer',
      '{ test: a, when: { adjudicate: { after: 1h } }, then: { outcome: completed } }',
      '5:36: error: Say what is answered, such as `answer: approve`; or write `silent`.',
    ],
    [
      'a task there is not',
      '{ test: a, then: { tasks: { adjudicat: { status: open } } } }',
      '5:33: error: The saga has no task "adjudicat". Did you mean "adjudicate"?',
    ],
    [
      'a claim nobody can check',
      '{ test: a, then: { tasks: { adjudicate: { state: open } } } }',
      '5:47: error: What is claimed of a task has no key `state`. Did you mean "status"?',
    ],
    [
      'an outage without an end',
      '{ test: a, when: { outage: { after: 1h } }, then: { outcome: running } }',
      '5:32: error: `for` is missing: how long it lasts.',
    ],
  ])('%s', (_what, text, says) => {
    const { problems } = compiled(claim, text);

    expect(
      problems
        .filter(({ severity }) => severity === 'error')
        .map((problem) => formatProblem(problem).replace(/^tests\.yaml:/, '')),
    ).toEqual([says]);
  });
});
