import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const saga = `saga: triage
version: 1
key: input.claimId
toggles: { agent: { default: true }, extra: { default: false } }
steps:
  - wait: never
    event: claims.claim.settled
`;
const release = (toggles: string, definition = 'triage'): string =>
  `release: ${definition}\nreason: it errs\ntoggles: ${toggles}\n`;
const sent = (text: string) => ({ files: [{ path: 'triage.release.yaml', text }] });

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', { files: [{ path: 'triage.saga.yaml', text: saga }] });
});

afterAll(() => api.stop());

describe('a release', () => {
  it('says what would change before it changes anything', async () => {
    const { status, body } = await api.send(
      'POST',
      '/releases?trial=true',
      sent(release('{ agent: false }')),
    );

    expect([status, body]).toEqual([
      200,
      { toggles: [{ definition: 'triage', toggle: 'agent', on: false, isChanged: true }] },
    ]);
    expect((await toggles())[0]).toMatchObject({ toggle: 'agent', on: true });
  });

  it('switches what is something else, and keeps who and why', async () => {
    const text = release('{ agent: false, extra: false }');

    const first = await api.send('POST', '/releases', sent(text), { 'x-skald-by': 'ann' });
    const again = await api.send('POST', '/releases', sent(text), { 'x-skald-by': 'bob' });

    expect(changes(first.body)).toEqual([
      ['agent', true],
      ['extra', false],
    ]);
    expect(changes(again.body)).toEqual([
      ['agent', false],
      ['extra', false],
    ]);
    expect(await toggles()).toMatchObject([
      { toggle: 'agent', on: false, switched: { by: 'ann', reason: 'it errs' } },
      { toggle: 'extra', on: false },
    ]);
  });

  it.each<[string, string, number, string]>([
    ['an unknown saga', release('{ agent: true }', 'triange'), 404, 'UNKNOWN_DEFINITION'],
    ['an unknown toggle', release('{ agent: true, agnet: true }'), 400, 'INVALID_REQUEST'],
    ['a mistake', release('{ agent: off }'), 422, 'INVALID_DEFINITIONS'],
    ['no release', saga, 400, 'INVALID_REQUEST'],
  ])('with %s changes nothing', async (_, text, status, code) => {
    const before = await toggles();

    const answer = await api.send('POST', '/releases', sent(text));

    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(await toggles()).toEqual(before);
  });
});

async function toggles(): Promise<readonly unknown[]> {
  return (await api.get('/toggles')).body['toggles'] as readonly unknown[];
}

function changes(body: Readonly<Record<string, unknown>>) {
  const all = body['toggles'] as readonly { readonly toggle: string; readonly isChanged: boolean }[];
  return all.map(({ toggle, isChanged }) => [toggle, isChanged]);
}
