import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '#libs/messaging';
import { ApiFixture, type Answer } from './api.fixture.js';

const deciding = (definition: string, escalation: string): string => `saga: ${definition}
version: 1
key: input.claimId
steps:
  - task: adjudicate
    title: Decide claim \${ input.claimId }
    to: { role: adjudicator }
    show: { amount: '\${ input.amount }' }
    escalate: [{ after: ${escalation}, to: { role: head-of-claims } }]
    answers:
      approve: []
      deny: { adverse: true, needs: [reason], do: [{ end: denied }] }
---
`;

const claims = `namespace: claims
roles: { clerk: { authority: 1 }, adjudicator: { authority: 3 }, head-of-claims: { authority: 4 } }
---
${deciding('decide-claim', '1d')}${deciding('decide-claim-soon', '100ms')}saga: review-plan
version: 1
key: input.planId
steps:
  - task: review
    to: { role: adjudicator }
    items: input.stops
    as: stop
    key: stop.id
    show: { street: '\${ stop.street }' }
    escalate: [{ after: 1d, to: { role: head-of-claims } }]
    answers:
      release: { item: accepted }
      reject: { item: rejected, needs: [reason] }
`;

const ann = { by: 'ann', roles: ['adjudicator'] };

let api: ApiFixture;

/** Starts a saga that asks people; the path of its task. */
async function asked(definition: string, key: string, input: object): Promise<string> {
  const { body } = await api.send('POST', `/sagas/${definition}`, input, { 'idempotency-key': key });
  const url = `/tasks?saga=${String(body['id'])}`;
  const { tasks } = await api.eventually(url, ({ tasks: found }) => (found as readonly Json[]).length === 1);
  return `/tasks/${(tasks as readonly { readonly id: string }[])[0]!.id}`;
}

function claim(claimId: string): Promise<string> {
  return asked('decide-claim', claimId, { claimId, amount: 900 });
}

function answer(task: string, body: object, key = JSON.stringify(body)): Promise<Answer> {
  return api.send('POST', `${task}/answers`, body, { 'idempotency-key': key });
}

beforeAll(async () => {
  api = await ApiFixture.start();
  const { status, body } = await api.send('POST', '/definitions', claims, {
    'content-type': 'application/yaml',
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
});

afterAll(() => api.stop());

describe('a task over HTTP', () => {
  it('shows what is to be decided, and by whom', async () => {
    const task = await claim('C-1');

    const { body } = await api.get(`${task}?by=ann&roles=adjudicator`);

    expect(body).toMatchObject({
      title: 'Decide claim C-1',
      status: 'open',
      businessKey: 'C-1',
      show: { amount: 900 },
      answers: { approve: {}, deny: { adverse: true, needs: ['reason'] } },
      asked: [{ role: 'adjudicator', authority: 3 }],
      you: { mayAnswer: true },
    });
  });

  it('is answered, and its saga tells by whom', async () => {
    const task = await claim('C-2');

    const { status, body } = await answer(task, { answer: 'deny', reason: 'no cover', ...ann });
    const saga = await api.ended((await api.get(task)).body['saga'], 'completed');

    expect([status, body['outcome']]).toEqual([200, 'done']);
    expect(saga['steps']).toMatchObject({
      adjudicate: { output: { answer: 'deny', by: 'ann', reason: 'no cover' } },
    });
    expect(JSON.stringify(saga['timeline'])).toContain('answered by ann: deny');
    expect(saga['audits']).toMatchObject([
      { action: 'start' },
      { by: 'ann', action: 'answer adjudicate deny', result: 'done', reason: 'no cover' },
    ]);
  });

  it('tells whoever comes late who won', async () => {
    const task = await claim('C-3');
    await answer(task, { answer: 'approve', ...ann });

    const { status, type, body } = await answer(task, { answer: 'deny', reason: 'no', ...ann, by: 'bea' });

    expect([status, type.split(';')[0]]).toEqual([409, 'application/problem+json']);
    expect(body).toMatchObject({
      code: 'TASK_ANSWERED',
      detail: expect.stringContaining('answered "approve" by ann'),
    });
  });

  it('is put to more people in time', async () => {
    const task = await asked('decide-claim-soon', 'C-4', { claimId: 'C-4', amount: 900 });
    await api.eventually(task, ({ asked: all }) => (all as readonly Json[]).length === 2);

    const { status } = await answer(task, { answer: 'approve', by: 'hedda', roles: ['head-of-claims'] });

    expect(status).toBe(200);
  });

  it.each([
    ['lacks the role', { answer: 'approve', by: 'carl', roles: ['clerk'] }, 403, 'NOT_ASKED'],
    ['lacks the reason', { answer: 'deny', ...ann }, 422, 'MISSING_FIELDS'],
    ['mistypes the answer', { answer: 'aprove', ...ann }, 422, 'UNKNOWN_ANSWER'],
    ['mistypes a field', { answer: 'approve', fields: { reson: 'ok' }, ...ann }, 422, 'UNKNOWN_FIELDS'],
  ])('refuses an answer of somebody who %s', async (what, body, expected, code) => {
    const task = await claim(`C-5-${what}`);

    const refused = await answer(task, body);

    expect([refused.status, refused.body['code']]).toEqual([expected, code]);
    expect((await api.get(task)).body['status']).toBe('open');
  });

  it('takes who acts from whoever stands in front', async () => {
    const task = await claim('C-6');
    const headers = { 'idempotency-key': 'k', 'x-skald-by': 'ann', 'x-skald-roles': 'clerk, adjudicator' };

    expect((await api.send('POST', `${task}/answers`, { answer: 'approve' }, headers)).status).toBe(200);
  });

  it('is found by role, by person and by age', async () => {
    const task = await claim('C-7');
    const id = task.slice('/tasks/'.length);
    const ids = async (query: string): Promise<readonly string[]> =>
      ((await api.get(`/tasks?${query}`)).body['tasks'] as readonly { id: string }[]).map((each) => each.id);

    expect(await ids('role=adjudicator&key=C-7')).toEqual([id]);
    expect(await ids('role=clerk')).toEqual([]);
    expect(await ids('key=C-7&olderThan=1h')).toEqual([]);
    expect((await api.send('POST', `${task}/claim`, ann)).status).toBe(200);
    expect(await ids('assignee=ann')).toEqual([id]);
  });

  it('is decided item by item', async () => {
    const stops = [
      { id: 'A', street: 'Elm' },
      { id: 'B', street: 'Oak' },
      { id: 'C', street: 'Ash' },
    ];
    const task = await asked('review-plan', 'P-1', { planId: 'P-1', stops });

    await answer(task, { answer: 'reject', items: ['B'], reason: 'bridge closed', ...ann });
    await answer(task, { answer: 'release', items: 'all', ...ann });
    const saga = await api.ended((await api.get(task)).body['saga'], 'completed');

    expect(saga['steps']).toMatchObject({
      review: {
        output: {
          accepted: [stops[0], stops[2]],
          rejected: [{ item: stops[1], answer: 'reject', by: 'ann', reason: 'bridge closed' }],
        },
      },
    });
  });

  it('is not late for a time in which nobody could answer', async () => {
    const { status, body } = await api.send('POST', '/tasks/outages', {
      from: '2026-03-01T12:00:00Z',
      to: '2026-03-01T12:20:00Z',
    });

    expect([status, body['to']]).toEqual([200, '2026-03-01T12:20:00.000Z']);
  });
});

describe('a request about tasks that cannot work', () => {
  it.each([
    ['an answer without a key', 'POST', '/tasks/x/answers', { answer: 'approve' }, 400, 'Idempotency-Key'],
    ['an id that is none', 'GET', '/tasks/C-1', undefined, 404, 'GET /tasks lists'],
    ['an age in words', 'GET', '/tasks?olderThan=aDay', undefined, 400, '30m, 4h or 2d'],
    ['a filter there is not', 'GET', '/tasks?rolle=clerk', undefined, 400, 'there is no parameter "rolle"'],
    [
      'an outage the wrong way round',
      'POST',
      '/tasks/outages',
      { from: '2026-03-01T12:00:00Z', to: '2026-03-01T11:00:00Z' },
      400,
      'turn',
    ],
    [
      'a time without a zone',
      'POST',
      '/tasks/outages',
      { from: '2026-03-01T12:00:00' },
      400,
      'with its zone',
    ],
  ] as const)('explains %s', async (_what, method, url, body, expected, words) => {
    const answered = await api.send(method, url, body);

    expect([answered.status, answered.body['detail']]).toEqual([expected, expect.stringContaining(words)]);
  });
});
