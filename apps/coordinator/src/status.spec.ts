import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const yaml = `saga: patient-intake
version: 1
title: Your admission
key: input.caseId
input:
  type: object
  required: [caseId, diagnosis]
  properties:
    caseId: { type: string }
    diagnosis: { type: string, x-class: medical }
    says: { type: string }
steps:
  - group: bed
    title: Looking for a bed
    owner: ward-office
    do:
      - wait: freed
        event: ward.bed.freed
        status: A bed is looked for. \${ input.says }
        default: { after: 2h, do: [] }
`;
const illness = 'acute lymphoblastic leukaemia';

let api: ApiFixture;
let id: string;

beforeAll(async () => {
  api = await ApiFixture.start();
  const published = await api.send('POST', '/definitions', {
    files: [{ path: 'intake.saga.yaml', text: yaml }],
  });
  expect(published).toMatchObject({ status: 200 });
  const input = { caseId: 'c-1', diagnosis: illness, says: `It is about ${illness}.` };
  const { body } = await api.send('POST', '/sagas/patient-intake', input, { 'idempotency-key': 'k' });
  id = String(body['id']);
}, 20_000);

afterAll(() => api.stop());

describe('how far something is', () => {
  it('is told by its key in the words of the definition', async () => {
    const { status, body } = await api.get('/status?definition=patient-intake&key=c-1');
    const wait = (body['waitsFor'] as { since: string; expectedAt: string }[])[0]!;

    expect(status).toBe(200);
    expect(body).toEqual({
      what: 'Your admission',
      key: 'c-1',
      status: 'running',
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      stages: ['Looking for a bed'],
      waitsFor: [
        {
          text: 'A bed is looked for. It is about [masked: medical].',
          since: expect.stringMatching(/^\d{4}-.*Z$/),
          expectedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      ],
      needsSomebody: false,
    });
    expect(Date.parse(wait.expectedAt) - Date.parse(wait.since)).toBe(7_200_000);
  });

  it('holds neither data nor names of events', async () => {
    const { body } = await api.get('/status?definition=patient-intake&key=c-1');

    for (const secret of ['leukaemia', 'ward.bed.freed', 'freed', 'diagnosis', 'ward-office'])
      expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('stands beside what the saga waits for', async () => {
    const words = {
      block: 'freed',
      title: 'Looking for a bed',
      status: 'A bed is looked for. It is about [masked: medical].',
      owner: 'ward-office',
    };

    expect((await api.get(`/sagas/${id}`)).body['waitsFor']).toMatchObject([words]);
    expect((await api.get(`/sagas/${id}/why`)).body['sagas']).toMatchObject([{ waits: [words] }]);
  });

  it.each([
    ['a key that nobody has', 'definition=patient-intake&key=c-2', 404, 'UNKNOWN_SAGA'],
    ['no key', 'definition=patient-intake', 400, 'INVALID_REQUEST'],
  ])('is refused for %s', async (_, query, status, code) => {
    const answer = await api.get(`/status?${query}`);

    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });
});
