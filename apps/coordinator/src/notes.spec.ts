import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Json } from '#libs/messaging';
import { ApiFixture, type Answer } from './api.fixture.js';

// The machine may be busy.
jest.setTimeout(30_000);

const claims = `namespace: claims
notes: private
roles: { adjudicator: { authority: 3 }, head: { authority: 4 } }
---
saga: decide-claim
version: 1
key: input.claimId
steps:
  - task: adjudicate
    to: { role: adjudicator }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { approve: [], deny: { needs: [reason] } }
`;

const started = 'his neighbour called';
const denied = 'he drinks too much';

let api: ApiFixture;
let saga: string;
let task: string;

async function taskOf(id: string): Promise<string> {
  const { tasks } = await api.eventually(
    `/tasks?saga=${id}`,
    ({ tasks: found }) => (found as readonly Json[]).length === 1,
  );
  return (tasks as readonly { readonly id: string }[])[0]!.id;
}

function textOf(body: Answer['body']): string {
  return JSON.stringify(body);
}

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', claims, { 'content-type': 'application/yaml' });
  const url = `/sagas/decide-claim?by=ann&reason=${encodeURIComponent(started)}`;
  const { body } = await api.send('POST', url, { claimId: 'C-1' }, { 'idempotency-key': 'C-1' });
  saga = String(body['id']);
  task = await taskOf(saga);
  const answer = { by: 'ben', roles: ['adjudicator'], answer: 'deny', reason: denied };
  await api.send('POST', `/tasks/${task}/answers`, answer, { 'idempotency-key': 'deny' });
  await api.ended(saga, 'completed');
});

afterAll(() => api.stop());

describe('what people wrote, where it is classed', () => {
  it('is covered wherever it stands on the page of a saga', async () => {
    const { body } = await api.get(`/sagas/${saga}`);

    expect(textOf(body)).not.toContain(denied);
    expect(textOf(body)).not.toContain(started);
    expect(body['why']).toBe('decide-claim version 1 ran because ann asked for it ("[masked: private]").');
    expect(body['steps']).toMatchObject({
      adjudicate: { output: { answer: 'deny', by: 'ben', reason: '[masked: private]' } },
    });
  });

  it('is covered on the page of its task', async () => {
    const { body } = await api.get(`/tasks/${task}`);

    expect(body['decision']).toMatchObject({ answer: 'deny', fields: { reason: '[masked: private]' } });
    expect(textOf(body)).not.toContain(denied);
  });

  it('is shown to who says why they look', async () => {
    const { body } = await api.get(`/sagas/${saga}?unmask=true&by=eve&reason=complaint`);

    expect([textOf(body).includes(denied), textOf(body).includes(started)]).toEqual([true, true]);
  });
});
