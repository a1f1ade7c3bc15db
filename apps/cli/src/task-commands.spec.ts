import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const id = '0193b5a0-1111-8222-8333-444444444444';
const summary = {
  id,
  title: 'Decide claim C-1',
  status: 'open',
  saga: '0193b5a0-1111-7222-8333-444444444444',
  definition: 'decide-claim',
  businessKey: 'C-1',
  block: 'adjudicate',
  asked: [{ role: 'adjudicator', authority: 3 }],
  openedAt: '2026-11-21T08:00:00.000Z',
  dueAt: '2026-11-21T12:00:00.000Z',
};
const task = {
  ...summary,
  mode: 'approve',
  show: { claim: { amount: 900 }, letter: 'please' },
  answers: { approve: {}, deny: { adverse: true, needs: ['reason', 'share'] } },
  history: [{ at: '2026-11-21T08:00:00.000Z', what: 'opened', detail: 'put to adjudicator' }],
  you: { mayAnswer: false, why: 'ann (clerk) was not asked' },
};
const coordinator = new PlayedCoordinator();

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann', SKALD_ROLES: 'clerk, driver' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald tasks', () => {
  it('lists who is asked what, since when and until when', async () => {
    coordinator.answer(() => ({ body: { tasks: [summary], more: true } }));

    const { out } = await skald('tasks', '--role', 'adjudicator', '--overdue', '--older-than', '1h');

    expect(coordinator.arrived[0]?.url).toBe('/tasks?limit=50&role=adjudicator&olderThan=1h&overdue=true');
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^id +title +business key +asked +claimed by +age +due$/),
      `${id}  Decide claim C-1  C-1           adjudicator (authority 3)  -           1 h  in 3 h`,
      '',
      'there are more: raise --limit, or ask for fewer',
    ]);
  });

  it('says when there is nothing to do', async () => {
    coordinator.answer(() => ({ body: { tasks: [], more: false } }));

    expect((await skald('tasks')).out).toBe('no task');
  });
});

describe('skald tasks outage', () => {
  it('says how many tasks stand still', async () => {
    const from = '2026-11-21T08:00:00.000Z';
    coordinator.answer(() => ({ body: { tasks: 3, from } }));

    const { out } = await skald('tasks', 'outage');

    expect(coordinator.arrived).toMatchObject([{ method: 'POST', url: '/tasks/outages', body: {} }]);
    expect(out).toBe(`3 tasks stand still since ${from}; say it again with --to when people are back`);
  });

  it('takes when it was', async () => {
    const outage = { from: '2026-11-21T08:00:00.000Z', to: '2026-11-21T08:20:00.000Z' };
    coordinator.answer(() => ({ body: { tasks: 1, ...outage } }));

    const { out } = await skald('tasks', 'outage', '--from', outage.from, '--to', outage.to);

    expect(coordinator.arrived[0]?.body).toEqual(outage);
    expect(out).toBe(`the clocks of 1 task stood still from ${outage.from} to ${outage.to}`);
  });
});

describe('skald task', () => {
  it('shows what is to be decided and how', async () => {
    coordinator.answer(() => ({ body: task }));

    const { out } = await skald('task', id);

    expect(coordinator.arrived[0]?.url).toBe(`/tasks/${id}?by=ann&roles=clerk%2Cdriver`);
    for (const line of [
      'Decide claim C-1: open',
      'Asked     adjudicator (authority 3)',
      'You       may not answer: ann (clerk) was not asked',
      '  claim',
      '    amount: 900',
      '  letter: please',
      `  skald answer ${id} approve`,
      `  skald answer ${id} deny --reason '…' --field share='…'  takes something away`,
    ])
      expect(out.split('\n').map((one) => one.trimEnd())).toContainEqual(expect.stringContaining(line));
  });

  it('is found by the business key', async () => {
    coordinator.answer(({ url }) => ({ body: url.startsWith('/tasks?') ? { tasks: [summary] } : task }));

    await skald('task', 'C 1', '--roles', 'adjudicator');

    expect(coordinator.arrived.map(({ url }) => url)).toEqual([
      '/tasks?key=C+1',
      `/tasks/${id}?by=ann&roles=adjudicator`,
    ]);
  });

  it('does not guess between two tasks', async () => {
    coordinator.answer(() => ({ body: { tasks: [summary, { ...summary, block: 'appeal' }] } }));

    const { code, err } = await skald('task', 'C-1');

    expect([code, err]).toEqual([1, expect.stringContaining('2 open tasks have the business key "C-1"')]);
    expect(err).toContain('(appeal)');
  });

  it('says where to look when there is none', async () => {
    coordinator.answer(() => ({ body: { tasks: [] } }));

    expect(await skald('task', 'C-9')).toMatchObject({
      code: 1,
      err: 'skald: there is no open task with the id or business key "C-9"; skald tasks lists those there are',
    });
  });

  it('tells items that are decided from open ones', async () => {
    const decided = { answer: 'reject', by: 'bea', at: '2026-11-21T08:10:00.000Z' };
    const items = [
      { key: 'A', item: { street: 'Elm' } },
      { key: 'B', item: { street: 'Oak' }, decision: decided },
    ];
    coordinator.answer(() => ({ body: { ...task, items } }));

    const { out } = await skald('task', id);

    expect(out).toMatch(/A {5}open +\{"street":"Elm"\}/);
    expect(out).toMatch(/B {5}reject by bea +\{"street":"Oak"\}/);
    expect(out).toContain(`skald answer ${id} approve --item <key>`);
  });

  it('shows each score of a proposal, what it misses and the preferences it breaks', async () => {
    const weighed = {
      scores: { cost: 0.5, punctuality: 0.85 },
      below: [{ objective: 'punctuality', score: 0.85, atLeast: 0.9 }],
      breaks: [{ preference: 'no-late-shift', because: 'drivers asked to be home by eight' }],
    };
    coordinator.answer(() => ({ body: { ...task, show: { weighed } } }));

    const { out } = await skald('task', id);

    expect(out).toContain(`To be decided
  weighed
    scores
      cost: 0.5
      punctuality: 0.85
    below
      objective    score  atLeast
      punctuality   0.85      0.9
    breaks
      preference     because
      no-late-shift  drivers asked to be home by eight
`);
  });

  it('shows an item that is too long for a row below', async () => {
    const item = { scores: { cost: 0.5 }, note: 'x'.repeat(200) };
    coordinator.answer(() => ({
      body: {
        ...task,
        items: [
          { key: 'A', item },
          { key: 'B', item: 'short' },
        ],
      },
    }));

    const { out } = await skald('task', id);

    expect(out).toMatch(
      /A +open +see below\n +B +open +short\n\nItem A\n {2}scores\n {4}cost: 0.5\n {2}note: x/,
    );
  });
});

describe('skald answer', () => {
  const done = { body: { outcome: 'done', request: 'r', detail: 'answered "deny"' } };

  it('says who answers, in which roles and why', async () => {
    coordinator.answer(() => done);

    const { code, out } = await skald(
      'answer',
      id,
      'deny',
      '-r',
      'no cover',
      '-f',
      'share=50%',
      '--data',
      '{"until":3}',
    );

    expect([code, out]).toEqual([0, 'done: answered "deny"']);
    expect(coordinator.arrived).toMatchObject([
      {
        method: 'POST',
        url: `/tasks/${id}/answers`,
        headers: { 'idempotency-key': expect.stringMatching(/^cli-[0-9a-f]{32}$/) },
        body: {
          answer: 'deny',
          reason: 'no cover',
          fields: { share: '50%', until: 3 },
          by: 'ann',
          roles: ['clerk', 'driver'],
        },
      },
    ]);
  });

  it.each([
    ['named ones', ['--item', 'A', '--item', 'B'], ['A', 'B']],
    ['all that are open', ['--all'], 'all'],
  ])('is about %s', async (_what, args, items) => {
    coordinator.answer(() => done);

    await skald('answer', id, 'deny', ...args);

    expect(coordinator.arrived[0]?.body).toMatchObject({ items });
  });

  it('fails with the reason of a refusal', async () => {
    const detail = '"aprove" is no answer to this. Did you mean "approve"?';
    coordinator.answer(() => ({ status: 422, body: { title: 'There is no such answer', detail } }));

    expect(await skald('answer', id, 'aprove')).toMatchObject({ code: 1, err: `skald: ${detail}` });
  });

  it('says when nobody has taken it up yet', async () => {
    coordinator.answer(() => ({ status: 202, body: { outcome: 'pending', request: 'r' } }));

    expect((await skald('answer', id, 'approve')).out).toContain(`look later: skald task ${id}`);
  });
});

describe('skald claim', () => {
  it.each(['claim', 'unclaim'])('sends a %s', async (name) => {
    coordinator.answer(() => ({ body: { outcome: 'done', detail: `${name}ed` } }));

    const { out } = await skald(name, id, '--roles', 'adjudicator');

    expect(out).toBe(`done: ${name}ed`);
    expect(coordinator.arrived[0]).toMatchObject({
      url: `/tasks/${id}/${name}`,
      body: { by: 'ann', roles: ['adjudicator'] },
    });
  });
});
