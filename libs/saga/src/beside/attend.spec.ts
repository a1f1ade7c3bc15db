import { describe, expect, it } from '@jest/globals';
import type { Calendar } from './calendar.js';
import { ann, bob, clerk, friday, head, hour, minute, second, TaskRun } from './task.fixture.js';

const office: Calendar = {
  name: 'office-hours',
  zone: 'Europe/Berlin',
  open: [[[540, 1_020]], [[540, 1_020]], [[540, 1_020]], [[540, 1_020]], [[540, 1_020]], [], []],
  closed: [],
};

describe('a task nobody answers', () => {
  it('reminds, and goes on reminding', () => {
    const task = new TaskRun({ escalate: [], remind: { after: ms(minute), every: ms(hour) } }).pass(
      2 * hour + minute,
    );

    expect(task.told).toEqual(['asked', 'reminded', 'reminded', 'reminded']);
    expect(task.heard).toEqual([]);
  });

  it('is put to more people and taken from nobody', () => {
    const task = new TaskRun().pass(3 * minute);

    expect(task.state?.asked.map(({ role }) => role)).toEqual(['adjudicator', 'senior-adjudicator']);
    expect(task.answer(ann, 'approve')).toBe('answered "approve"');
  });

  it('says once that it is overdue', () => {
    const task = new TaskRun({ escalate: [], due: ms(hour) }).pass(10 * hour);

    expect(task.told).toEqual(['asked', 'overdue']);
    expect(task.state?.overdueAt).toBe(friday + hour);
  });

  it('never decides by itself', () => {
    const task = new TaskRun({ remind: { after: ms(minute), every: ms(24 * hour) } }).pass(90 * 24 * hour);

    expect([task.state?.status, task.heard]).toEqual(['open', []]);
  });

  it('asks for at least the authority it began with', () => {
    const task = new TaskRun({ to: { role: 'adjudicator', authority: 4 } }).pass(2 * minute);

    expect(task.answer(bob, 'approve')).toContain(
      'AUTHORITY_TOO_LOW: bob (senior-adjudicator) has authority 3',
    );
  });
});

describe('an answer', () => {
  it('goes to the saga with who gave it and when', () => {
    const task = new TaskRun().pass(180 * second);

    task.answer(bob, 'deny', { reason: 'no cover' });

    expect(task.heard).toEqual([
      { answer: 'deny', reason: 'no cover', by: 'bob', at: '2026-11-20T09:03:00.000Z' },
    ]);
    expect(task.told.at(-1)).toBe('answered');
  });

  it('counts once, and whoever comes later learns who won', () => {
    const task = new TaskRun().pass(2 * minute);

    task.answer(ann, 'approve');

    expect(task.answer(bob, 'deny', { reason: 'no cover' })).toBe(
      'TASK_ANSWERED: it was answered "approve" by ann at 2026-11-20T09:02:00.000Z',
    );
    expect(task.heard).toHaveLength(1);
  });

  it('is one answer when its request is repeated', () => {
    const task = new TaskRun();
    const input = { kind: 'answer', ...ann, answer: 'approve', fields: {}, request: 'r1' } as const;

    task.give(input);

    expect(task.give(input)).toEqual([{ kind: 'accepted', detail: 'answered' }]);
    expect(task.heard).toHaveLength(1);
  });

  it('is turned down from somebody who was not asked yet', () => {
    expect(new TaskRun().answer(bob, 'approve')).toBe(
      'NOT_ASKED: bob (senior-adjudicator) was not asked; asked are adjudicator (authority 3)',
    );
  });

  it('is turned down from a named person without authority', () => {
    const task = new TaskRun({ to: { candidates: ['carl'], authority: 3 } });

    expect(task.answer(clerk, 'approve')).toContain('AUTHORITY_TOO_LOW');
  });

  it('is turned down from whoever proposed what is to be decided', () => {
    expect(new TaskRun({ notBy: ['ann'] }).answer(ann, 'approve')).toContain('FOUR_EYES');
  });

  it('needs a reason where it takes something away', () => {
    const task = new TaskRun();

    expect(task.answer(ann, 'deny', { reason: ' ' })).toBe(
      'MISSING_FIELDS: the answer "deny" needs reason, because it takes something away',
    );
    expect(task.state?.history.map(({ what }) => what)).toEqual(['opened', 'refused']);
  });

  it('is explained where there is none of the name', () => {
    expect(new TaskRun().answer(ann, 'aprove')).toBe(
      'UNKNOWN_ANSWER: "aprove" is no answer to this. Did you mean "approve"?',
    );
  });

  it('is not lost in a field that nobody reads', () => {
    expect(new TaskRun().answer(ann, 'approve', { reson: 'ok' })).toContain('Did you mean "reason"?');
  });
});

describe('a task of a saga that asks again', () => {
  it('repeats the answer it has', () => {
    const task = new TaskRun();
    task.answer(ann, 'approve');
    const { origin, request } = task.state!;

    task.give({ kind: 'open', origin, request });

    expect(task.heard).toHaveLength(2);
    expect(task.heard[1]).toEqual(task.heard[0]);
  });

  it('changes nothing while it is open', () => {
    const task = new TaskRun();
    const { origin, request } = task.state!;

    expect(task.give({ kind: 'open', origin, request })).toEqual([]);
  });
});

describe('a task that is withdrawn', () => {
  it('tells the people and refuses what comes later', () => {
    const task = new TaskRun();

    task.give({ kind: 'withdraw', reason: 'the saga was cancelled' });

    expect(task.told).toEqual(['asked', 'withdrawn']);
    expect(task.answer(ann, 'approve')).toContain('TASK_WITHDRAWN: nobody waits for it');
  });

  it('is forgotten after thirty days', () => {
    const task = new TaskRun();
    task.give({ kind: 'withdraw' });

    expect(task.pass(30 * 24 * hour).state).toBeUndefined();
    expect(task.answer(ann, 'approve')).toContain('UNKNOWN_TASK');
  });
});

describe('a window of time', () => {
  const veto = { mode: 'veto', escalate: [], window: ms(30 * minute), atEnd: 'approve' } as const;

  it('ends with what silence means', () => {
    const task = new TaskRun(veto).pass(30 * minute);

    expect(task.heard).toEqual([{ answer: 'approve', by: null, at: '2026-11-20T09:30:00.000Z' }]);
  });

  it('is closed by a veto', () => {
    const task = new TaskRun(veto).pass(29 * minute);

    task.answer(ann, 'deny', { reason: 'too dear' });

    expect(task.pass(hour).heard).toEqual([expect.objectContaining({ answer: 'deny', by: 'ann' })]);
  });

  it('decides what nobody has decided item by item', () => {
    const answers = {
      release: { item: 'accepted' },
      reject: { item: 'rejected', needs: ['reason'] },
    } as const;
    const items = ['A', 'B', 'C'].map((stop, index) => ({ key: String(index), item: { stop } }));
    const task = new TaskRun({ ...veto, answers, items, atEnd: 'release' });

    task.answer(ann, 'reject', { reason: 'bridge closed' }, ['1']);
    task.pass(hour);

    expect(task.heard).toEqual([
      {
        accepted: [{ stop: 'A' }, { stop: 'C' }],
        rejected: [
          {
            item: { stop: 'B' },
            answer: 'reject',
            by: 'ann',
            at: '2026-11-20T09:00:00.000Z',
            reason: 'bridge closed',
          },
        ],
        at: '2026-11-20T09:30:00.000Z',
      },
    ]);
  });
});

describe('a task that only informs', () => {
  it('lets the saga go on and waits to be seen', () => {
    const task = new TaskRun({ mode: 'inform', escalate: [], answers: {} });

    expect(task.heard).toEqual([{ answer: null, by: null, at: '2026-11-20T09:00:00.000Z' }]);
    expect(task.state?.status).toBe('informed');
    expect(task.answer(ann, 'seen')).toBe('seen');
    expect([task.state?.status, task.heard.length]).toEqual(['answered', 1]);
  });
});

describe('items of a task', () => {
  const answers = { release: { item: 'accepted' }, reject: { item: 'rejected' } } as const;
  const items = [
    { key: 'x', item: 1 },
    { key: 'y', item: 2 },
  ];

  it('are decided by several people', () => {
    const task = new TaskRun({ answers, items }).pass(2 * minute);

    task.answer(ann, 'release', {}, ['x']);
    task.answer(bob, 'reject', {}, ['y']);

    expect(task.heard).toEqual([
      expect.objectContaining({ accepted: [1], rejected: [expect.objectContaining({ item: 2, by: 'bob' })] }),
    ]);
  });

  it('are decided once', () => {
    const task = new TaskRun({ answers, items });
    task.answer(ann, 'release', {}, ['x']);

    expect(task.answer(ann, 'reject', {}, ['x'])).toContain(
      'ITEM_DECIDED: item "x" was answered "release" by ann',
    );
  });

  it('have to be named', () => {
    const task = new TaskRun({ answers, items });

    expect(task.answer(ann, 'release')).toContain(
      'UNKNOWN_ITEM: this is decided item by item; name some of x, y',
    );
    expect(task.answer(ann, 'release', {}, ['z'])).toContain('there is no item "z"');
  });

  it('are decided when there is none', () => {
    expect(new TaskRun({ answers, items: [] }).heard).toEqual([
      { accepted: [], rejected: [], at: '2026-11-20T09:00:00.000Z' },
    ]);
  });
});

describe('somebody at work on a task', () => {
  const heardSince = (task: TaskRun): unknown =>
    task.effects.flatMap((effect) => (effect.kind === 'answered' ? [[effect.by, effect.claimedAt]] : []));

  it('has been at it since it was claimed', () => {
    const task = new TaskRun().pass(minute);
    task.give({ kind: 'claim', ...ann });
    task.pass(minute).give({ kind: 'claim', ...ann });

    task.pass(minute).answer(ann, 'approve');

    expect(heardSince(task)).toEqual([['ann', friday + minute]]);
  });

  it('has not been at it where somebody else answers, or it was given back', () => {
    const taken = new TaskRun().pass(2 * minute);
    taken.give({ kind: 'claim', ...ann });
    taken.answer(bob, 'approve');
    const returned = new TaskRun();
    returned.give({ kind: 'claim', ...ann });
    returned.give({ kind: 'unclaim', ...ann });
    returned.answer(ann, 'approve');

    expect([heardSince(taken), heardSince(returned)]).toEqual([[['bob', undefined]], [['ann', undefined]]]);
  });

  it('is who decided the last of its items', () => {
    const answers = { release: { item: 'accepted' } } as const;
    const task = new TaskRun({
      answers,
      items: [
        { key: 'x', item: 1 },
        { key: 'y', item: 2 },
      ],
    }).pass(2 * minute);
    task.give({ kind: 'claim', ...bob });

    task.answer(ann, 'release', {}, ['x']);
    task.pass(minute).answer(bob, 'release', {}, ['y']);

    expect(heardSince(task)).toEqual([['bob', friday + 2 * minute]]);
  });

  it('is shown and keeps nobody from answering', () => {
    const task = new TaskRun().pass(2 * minute);

    task.give({ kind: 'claim', ...ann });

    expect(task.state?.claimedBy).toBe('ann');
    expect(task.answer(bob, 'approve')).toBe('answered "approve"');
  });

  it('has to be asked', () => {
    expect(new TaskRun().give({ kind: 'claim', ...head })).toEqual([
      expect.objectContaining({ kind: 'refused', code: 'NOT_ASKED' }),
    ]);
  });
});

describe('clocks of people', () => {
  it('count office hours only', () => {
    const task = new TaskRun({ calendar: office }, Date.parse('2026-11-20T16:59:30+01:00')).pass(60 * hour);

    expect(task.told).toEqual(['asked']);
    expect(task.pass(6 * hour).told).toEqual(['asked', 'escalated']);
    expect(task.state?.history.at(-1)?.at).toBe(Date.parse('2026-11-23T09:00:30+01:00'));
  });

  it('stand still while tasks cannot be reached', () => {
    const task = new TaskRun({ escalate: [], due: ms(hour) }).pass(50 * minute);

    task.give({ kind: 'outage', from: task.now });
    task.pass(20 * minute);
    task.give({ kind: 'outage', from: task.now - 20 * minute, to: task.now });

    expect(task.pass(9 * minute).told).toEqual(['asked']);
    expect(task.pass(minute).told).toEqual(['asked', 'overdue']);
  });

  it('are set back for an outage that is told of afterwards', () => {
    const task = new TaskRun({ escalate: [], due: ms(hour) }).pass(50 * minute);

    task.give({ kind: 'outage', from: friday + 10 * minute, to: friday + 30 * minute });

    expect(task.wakeAt).toBe(friday + hour + 20 * minute);
  });

  it('lose no open time to an outage at night', () => {
    const evening = Date.parse('2026-11-19T16:30:00+01:00');
    const task = new TaskRun({ escalate: [], due: ms(hour), calendar: office }, evening);

    task.now = evening + 12 * hour;
    task.give({ kind: 'outage', from: evening + 2 * hour, to: evening + 8 * hour });

    expect(task.wakeAt).toBe(Date.parse('2026-11-20T09:30:00+01:00'));
  });

  it('make up for no reminder that was slept through', () => {
    const task = new TaskRun({ escalate: [], remind: { after: ms(minute), every: ms(minute) } });

    task.now += hour;
    task.give({ kind: 'due' });

    expect(task.told).toEqual(['asked', 'reminded']);
    expect(task.wakeAt).toBe(friday + hour + minute);
  });
});

function ms(count: number) {
  return { days: 0, ms: count };
}
