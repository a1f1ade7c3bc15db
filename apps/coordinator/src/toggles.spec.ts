import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const agentYaml = `saga: triage
version: 1
key: input.claimId
toggles: { agent: { default: true } }
steps:
  - wait: never
    event: claims.claim.settled
`;
const off = { on: false, by: 'ann', reason: 'it errs' };

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', { files: [{ path: 'triage.saga.yaml', text: agentYaml }] });
});

afterAll(() => api.stop());

describe('switching a toggle', () => {
  it('shows who did it and why', async () => {
    const { status, body } = await api.send('POST', '/toggles/triage/agent', off);

    expect([status, body]).toEqual([
      200,
      {
        definition: 'triage',
        toggle: 'agent',
        on: false,
        byDefault: true,
        switched: { at: expect.stringMatching(/^\d{4}-.*Z$/), by: 'ann', reason: 'it errs' },
      },
    ]);
    expect((await api.get('/toggles')).body['toggles']).toEqual([body]);
  });

  it.each<[string, string, unknown, number, string]>([
    ['no such definition', '/toggles/triange/agent', off, 404, 'UNKNOWN_DEFINITION'],
    ['no such toggle', '/toggles/triage/agnet', off, 400, 'INVALID_REQUEST'],
    ['no value', '/toggles/triage/agent', { reason: 'x' }, 400, 'INVALID_REQUEST'],
    ['no reason', '/toggles/triage/agent', { on: true }, 400, 'INVALID_REQUEST'],
  ])('is refused where there is %s', async (_, path, body, status, code) => {
    const answer = await api.send('POST', path, body as object);

    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });
});
