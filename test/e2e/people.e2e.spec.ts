import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ShownTask } from '../../apps/cli/src/shown-task.js';
import type { Problem } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand, type CommandResult } from '../harness/skald-command.js';
import { headerOf, openEar } from '../harness/topic-ear.js';

/** Minutes and days of a real claim are fractions of a second here. */
const claims = `namespace: claims
roles:
  clerk: { authority: 1 }
  adjudicator: { authority: 3 }
  senior-adjudicator: { authority: 3 }
  head-of-claims: { authority: 4 }
---
saga: decide-claim
version: 1
key: input.claimId
timeout: 1s
triggers: [{ event: claims.submitted }]
steps:
  - step: assess
    call: claims.assess
  - task: adjudicate
    title: Decide claim \${ input.claimId }
    to: { role: adjudicator, authority: '\${ input.amount > 1000000 ? 4 : 3 }' }
    show: { claim: '\${ input }', risk: '\${ steps.assess.output.risk }' }
    remind: { after: 400ms, every: 1h }
    escalate:
      - { after: 800ms, to: { role: senior-adjudicator } }
      - { after: 3s, to: { role: head-of-claims } }
    due: 3s
    answers:
      approve: []
      deny: { adverse: true, needs: [reason] }
  - choice: verdict
    cases:
      - case: approved
        if: steps.adjudicate.output.answer == 'approve'
        do: [{ step: payClaim, call: claims.pay, pivot: true }]
    else:
      - step: tellClaimant
        call: mail.send-denial
        with: { claimId: '\${ input.claimId }', reason: '\${ steps.adjudicate.output.reason }' }
        pivot: true
      - end: denied
---
saga: appeal-claim
version: 1
key: input.claimId
triggers:
  - event: claims.appealed
    link: { saga: decide-claim, key: data.claimId }
steps:
  - task: hearAppeal
    to: { role: adjudicator, authority: 3 }
    show: { firstDecision: '\${ linked.steps.adjudicate.output }', letter: '\${ input.letter }' }
    notBy: ['\${ linked.steps.adjudicate.output.by }']
    escalate: [{ after: 1h, to: { role: head-of-claims } }]
    answers:
      uphold: { adverse: true, needs: [reason], do: [{ end: upheld }] }
      overturn: []
  - step: payAfterAll
    call: claims.pay
    with: { claimId: '\${ input.claimId }', amount: '\${ linked.input.amount }' }
    pivot: true
---
saga: settle-claim
version: 1
key: input.claimId
triggers: [{ event: claims.settlement-wanted }]
steps:
  - step: propose
    call: claims.propose
  - { decide: offer, table: offer-quality, with: { offer: '\${ steps.propose.output.offer }' } }
  - { decide: others, table: offer-quality, over: steps.propose.output.others, as: offer }
  - task: agree
    to: { role: adjudicator }
    show: { proposed: '\${ steps.propose.output.offer }', weighed: '\${ steps.offer.output }', others: '\${ steps.others.output }' }
    escalate: [{ after: 1h, to: { role: head-of-claims } }]
    answers: { agree: [], refuse: [{ end: no-settlement }] }
  - step: paySettlement
    call: claims.pay
    pivot: true
---
decision: offer-quality
version: 4
hit: weigh
inputs: { offer: { type: object } }
objectives:
  fairness: { score: offer.amount / offer.claimed, atLeast: 0.5, because: less than half has always been appealed }
  thrift: 1 - offer.amount / offer.claimed
rules:
  - { rule: even-instalments, if: offer.amount % offer.instalments != 0, because: claimants like equal instalments }
  - { rule: one-payment, if: offer.instalments > 1 }
---
participant: claims
commands: { assess: { effect: none }, propose: { effect: none }, pay: {} }
---
participant: mail
commands: { send-denial: {} }
`;

/** What whoever sends mails reads of a task. */
interface TaskNotice {
  readonly task: string;
}

const ada = { by: 'ada', roles: ['adjudicator'] };
const sven = { by: 'sven', roles: ['senior-adjudicator'] };
const hedda = { by: 'hedda', roles: ['head-of-claims'] };
const carl = { by: 'carl', roles: ['clerk'] };

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'people', documents: claims });
  bench.participants.behave('claims.assess', { succeeded: { risk: 0.2 } });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

/** Submits a claim; the task of whoever has to decide it. */
async function submitted(claimId: string, amount = 900): Promise<string> {
  await bench.publish('claims.submitted', { claimId, amount });
  return bench.task(claimId);
}

async function shown(task: string): Promise<ShownTask> {
  return (await bench.api.get<ShownTask>(`/tasks/${task}`)).body;
}

/** Waits until something has happened to a task. */
function happened(task: string, what: string, times = 1): Promise<ShownTask> {
  return eventually(`${what} of task ${task}`, async () => {
    const found = await shown(task);
    return found.history.filter((event) => event.what === what).length >= times && found;
  });
}

function skald(
  person: { readonly by: string; readonly roles: readonly string[] },
  ...args: readonly string[]
): Promise<CommandResult> {
  return skaldCommand(bench.api.url, person, ...args);
}

describe('a decision that nobody takes in time', () => {
  let task: string;

  beforeAll(async () => {
    task = await submitted('C-1');
    await happened(task, 'escalated', 2);
    await happened(task, 'overdue');
  });

  it('is reminded of, then put to more people of at least the same authority', async () => {
    const { history, asked, overdueAt } = await shown(task);

    expect(history.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['opened', 'reminded', 'overdue', 'escalated']),
    );
    expect(asked).toEqual([
      { role: 'adjudicator', authority: 3 },
      { role: 'senior-adjudicator', authority: 3 },
      { role: 'head-of-claims', authority: 4 },
    ]);
    expect(overdueAt).toBeDefined();
  });

  it('is neither denied by silence nor given up when the saga is overdue', async () => {
    const page = await bench.page('C-1');

    expect(page).toMatchObject({ status: 'running', incident: false });
    expect(page!.waitsFor).toMatchObject([{ block: 'adjudicate' }]);
    expect(bench.participants.done('C-1')).toEqual([]);
  });

  it('is told to whoever sends mails', async () => {
    const ear = await openEar(bench.kafkaBrokers, 'skald.events');
    try {
      const notices = () =>
        ear.records
          .map(
            (record) =>
              [headerOf(record, 'ce_type'), JSON.parse(String(record.value)) as TaskNotice] as const,
          )
          .filter(([, notice]) => notice.task === task);
      await eventually('all of it to be told', () => notices().length >= 5);
      await ear.catchUp();
      const told = notices();

      expect(told.map(([type]) => type).toSorted()).toEqual([
        'skald.task-asked',
        'skald.task-escalated',
        'skald.task-escalated',
        'skald.task-overdue',
        'skald.task-reminded',
      ]);
      expect(told[0]![1]).toMatchObject({
        title: 'Decide claim C-1',
        key: 'C-1',
        to: [{ role: 'adjudicator' }],
      });
    } finally {
      await ear.stop();
    }
  });

  it('counts when the first one asked clicks late', async () => {
    const answered = await skald(ada, 'answer', 'C-1', 'approve', '--reason', 'was on holiday');
    const page = await bench.ended('C-1');

    expect(answered).toMatchObject({ code: 0, out: 'done: answered "approve"' });
    expect(page).toMatchObject({ status: 'completed' });
    expect(page.steps['adjudicate']!.output).toMatchObject({ answer: 'approve', by: 'ada' });
    expect(bench.participants.done('C-1')).toEqual(['claims.pay']);
  });

  it('is decided once, and later clicks are told by whom', async () => {
    const { code, err } = await skald(sven, 'answer', task, 'deny', '-r', 'too late');

    expect([code, err]).toEqual([1, expect.stringContaining('it was answered "approve" by ada')]);
    expect(bench.participants.done('C-1')).toEqual(['claims.pay']);
  });
});

describe('somebody of too little authority', () => {
  it('decides nothing, before the escalation or after it', async () => {
    const task = await submitted('C-2', 2_000_000);
    const before = await bench.answerTask<Problem>(task, { answer: 'approve', ...ada });
    await happened(task, 'escalated', 2);
    const after = await skald(sven, 'answer', task, 'approve');
    const never = await skald(carl, 'answer', task, 'approve');

    expect(before).toMatchObject({ status: 403, body: { code: 'AUTHORITY_TOO_LOW' } });
    expect(after).toMatchObject({ code: 1, err: expect.stringContaining('has authority 3') });
    expect(never).toMatchObject({ code: 1, err: expect.stringContaining('was not asked') });
    expect((await bench.page('C-2'))!.status).toBe('running');
  });

  it('leaves it to somebody who has it', async () => {
    expect((await skald(hedda, 'answer', 'C-2', 'approve')).code).toBe(0);
    expect((await bench.ended('C-2')).steps['adjudicate']!.output).toMatchObject({ by: 'hedda' });
  });
});

describe('two people who click at once', () => {
  it('come to one decision', async () => {
    const task = await submitted('C-3');
    await happened(task, 'escalated');

    const both = await Promise.all([
      bench.answerTask(task, { answer: 'approve', ...ada }),
      bench.answerTask(task, { answer: 'deny', reason: 'no cover', ...sven }),
    ]);
    await bench.ended('C-3');

    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409]);
    expect(bench.participants.done('C-3')).toHaveLength(1);
  });
});

describe('a task page that cannot be reached', () => {
  it('stops the clocks of what is open, and lets them go on when it is back', async () => {
    const task = await submitted('C-4');
    const outage = await bench.api.post('/tasks/outages', {});
    // What is opened later has its whole time, so it shows that time enough has passed.
    const other = await submitted('C-5');
    await happened(other, 'escalated', 2);
    const during = await shown(task);
    const back = await skald(
      ada,
      'tasks',
      'outage',
      '--from',
      during.stoppedAt!,
      '--to',
      new Date().toISOString(),
    );
    const after = await happened(task, 'escalated', 2);

    expect([outage.status, back.code]).toEqual([200, 0]);
    expect(during.history.at(-1)).toMatchObject({ what: 'stopped' });
    expect(during.asked.map(({ role }) => role)).not.toContain('head-of-claims');
    expect(during.overdueAt).toBeUndefined();
    expect(after.history.map(({ what }) => what)).toContain('resumed');
  });

  it('does not keep an answer from counting', async () => {
    await skald(ada, 'answer', 'C-4', 'deny', '--reason', 'not insured');
    const page = await bench.ended('C-4');

    expect(page.status).toBe('completed');
    expect(bench.participants.done('C-4')).toEqual(['mail.send-denial']);
  });
});

describe('an appeal against a denial', () => {
  it('is heard by somebody else, who sees why it was denied', async () => {
    await bench.publish('claims.appealed', { claimId: 'C-4', letter: 'it was insured' });
    const task = await bench.task('C-4');
    const { show } = await shown(task);
    const again = await skald(ada, 'answer', task, 'uphold', '--reason', 'as before');
    const other = await bench.answerTask(task, { answer: 'overturn', by: 'olga', roles: ['adjudicator'] });
    const page = await bench.ended('C-4', { definition: 'appeal-claim' });

    expect(show).toMatchObject({ firstDecision: { answer: 'deny', by: 'ada', reason: 'not insured' } });
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('somebody else has to answer') });
    expect([other.status, page.status]).toEqual([200, 'completed']);
    expect(bench.participants.done('C-4')).toEqual(['mail.send-denial', 'claims.pay']);
  });
});

describe('a proposal that is put to people', () => {
  const offer = { claimed: 1000, amount: 400, instalments: 3 };

  beforeAll(async () => {
    const others = [
      { claimed: 1000, amount: 600, instalments: 1 },
      { claimed: 1000, amount: 900, instalments: 2 },
    ];
    bench.participants.behave('claims.propose', { succeeded: { offer, others } });
    await bench.publish('claims.settlement-wanted', { claimId: 'C-6' });
    await bench.task('C-6');
  });

  it('shows the score of each objective, what is too little, and the preferences it breaks', async () => {
    const { show } = await shown(await bench.task('C-6'));
    const { out } = await skald(ada, 'task', 'C-6');

    expect(show).toMatchObject({
      proposed: offer,
      weighed: {
        scores: { fairness: 0.4, thrift: 0.6 },
        below: [{ objective: 'fairness', score: 0.4, atLeast: 0.5 }],
        breaks: [{ preference: 'even-instalments' }, { preference: 'one-payment' }],
      },
    });
    expect(out).toContain('    scores\n      fairness: 0.4\n      thrift: 0.6\n');
    expect(out).toMatch(/fairness +0\.4 +0\.5 +less than half has always been appealed/);
    expect(out).toMatch(/even-instalments +claimants like equal instalments\n +one-payment\n/);
  });

  it('stands beside others, with the objectives they conflict in', async () => {
    const { out } = await skald(ada, 'task', 'C-6');

    expect(out).toContain('    conflicts\n      1: fairness, thrift\n');
    expect(out).toMatch(/bestFor: thrift\n[^]*bestFor: fairness\n/);
  });

  it('has its scores in the history, by the version that weighed it', async () => {
    await skald(ada, 'answer', 'C-6', 'agree');
    const page = await bench.ended('C-6', { definition: 'settle-claim' });
    const scores = 'fairness 0.4 (at least 0.5 is wanted), thrift 0.6; breaks even-instalments, one-payment';
    const { code, out } = await skald(ada, 'decisions', 'C-6');

    expect(page.timeline.filter(({ kind }) => kind === 'noted').map(({ text }) => text)).toEqual([
      `table offer-quality version 4 weighed: ${scores}`,
      expect.stringContaining('no proposal is best for both fairness and thrift'),
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/offer +offer-quality version 4 +weighed, see below +the same\n/);
    expect(out).toContain(`offer weighed\n  ${scores}\n`);
    expect(bench.participants.done('C-6')).toEqual(['claims.pay']);
  });
});

describe('the command line for people', () => {
  it('lists, shows and explains', async () => {
    const listed = await skald(ada, 'tasks', '--role', 'adjudicator');
    const page = await skald(ada, 'task', 'C-5');
    const wrong = await skald(ada, 'answer', 'C-5', 'aprove');
    const bare = await skald(ada, 'answer', 'C-5', 'deny');

    expect(listed.out).toContain('Decide claim C-5');
    expect(page.out).toContain('You       may answer');
    expect(page.out).toContain('risk: 0.2');
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "approve"?') });
    expect(bare).toMatchObject({ code: 1, err: expect.stringContaining('needs reason') });
    expect((await skald(carl, 'task', 'C-5')).out).toContain('may not answer: carl (clerk) was not asked');
  });

  it('claims without keeping others from answering', async () => {
    const claimed = await skald(ada, 'claim', 'C-5');
    const mine = await skald(ada, 'tasks', '--assignee', 'ada');
    const answered = await skald(hedda, 'answer', 'C-5', 'approve');

    expect(claimed.code).toBe(0);
    expect(mine.out).toContain('C-5');
    expect(answered.code).toBe(0);
    expect((await bench.ended('C-5')).steps['adjudicate']!.output).toMatchObject({ by: 'hedda' });
  });
});
