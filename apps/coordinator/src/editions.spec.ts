import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiFixture, type Answer } from './api.fixture.js';

// Each starts a coordinator of its own, and the machine may be busy.
jest.setTimeout(30_000);

const saga = (steps: string): string => `saga: priced
version: 1
key: input.id
input: { type: object, properties: { id: { type: string } } }
timeout: 1d
steps:
  - wait: pause
    for: 600ms
${steps}`;

const table = (version: number, percent: number): string => `decision: discount
version: ${version}
hit: first
inputs: { id: { type: string } }
rules: [{ rule: known, if: id != '', output: ${percent} }]
default: 0
`;

const fragment = (version: number, name: string): string => `fragment: closing
version: ${version}
params: { id: string }
steps:
  - set: ${name}
    value: \${ params.id }
output: \${ steps.${name}.output }
`;

const decides = saga(`  - decide: discount
    table: discount
    with: { id: '\${ input.id }' }
`);

const includes = saga(`  - include: closing
    fragment: closing
    with: { id: '\${ input.id }' }
`);

const standard = (version: number, name: string): string => `standard: endings
version: ${version}
catch:
  too-late:
    do: [{ set: ${name}, value: true }]
`;

const uses = saga('  - raise: too-late\n').replace('timeout: 1d', 'use: [endings]');

const pays = saga(`  - step: charge
    call: payment.charge
    compensate: { none: a test keeps what it was paid }
    catch: { invalid: { output: { charge: none } } }
`);

const contract = (required: string, limits = ''): string => `participant: payment
commands:
  charge:
    output: { type: object, required: [${required}] }
  refund: {}
${limits}`;

let api: ApiFixture;

beforeEach(async () => {
  // Nothing is kept in memory: a saga is read anew each time, as it is after a restart.
  api = await ApiFixture.start({ SKALD_CACHED_SAGAS: '0' });
});

afterEach(() => api.stop());

async function publish(...texts: readonly string[]): Promise<Answer['body']> {
  const files = texts.map((text, index) => ({ path: `priced-${index}.saga.yaml`, text }));
  const { status, body } = await api.send('POST', '/definitions', { files });
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

async function start(id: string, more: object = {}): Promise<string> {
  const { body } = await api.send('POST', '/sagas/priced', { id, ...more }, { 'idempotency-key': id });
  return String(body['id']);
}

async function stepsOf(saga: string): Promise<Readonly<Record<string, { readonly output: unknown }>>> {
  const shown = await api.ended(saga, 'completed');
  return shown['steps'] as unknown as Readonly<Record<string, { readonly output: unknown }>>;
}

describe('a table published while a saga runs', () => {
  it('counts for sagas that start from then on', async () => {
    await publish(decides, table(1, 10));
    const before = await start('before');
    await publish(table(2, 20));
    const after = await start('after');

    expect((await stepsOf(before))['discount']).toMatchObject({ output: 10 });
    expect((await stepsOf(after))['discount']).toMatchObject({ output: 20 });
  });
});

describe('a decision of a saga that has ended', () => {
  const madeAgain = async (saga: string): Promise<unknown> =>
    (await api.get(`/sagas/${saga}/decisions`)).body['decisions'];

  it('comes out the same, by the version that it was made by', async () => {
    await publish(decides, table(1, 10));
    const before = await start('before');
    await stepsOf(before);
    await publish(table(2, 20));
    const after = await start('after');
    await stepsOf(after);

    const same = { block: 'discount', table: 'discount', rules: ['known'], again: { kind: 'same' } };
    expect(await madeAgain(before)).toEqual([{ at: expect.any(String), version: 1, ...same }]);
    expect(await madeAgain(after)).toEqual([{ at: expect.any(String), version: 2, ...same }]);
  });

  it.each([
    ['is told of with its scores where it was a weighing', '', 'worth 0.4; breaks nothing'],
    [
      'is told of without them where they say something of what is classed',
      ', x-class: medical',
      'the scores are [masked: medical]',
    ],
  ])('%s', async (_, fieldClass, told) => {
    const weighing = `decision: worth
version: 1
hit: weigh
inputs: { finding: { type: string } }
objectives: { worth: size(finding) / 10 }
rules: []
`;
    const weighs = saga("  - { decide: worth, table: worth, with: { finding: '${ input.finding }' } }\n");
    await publish(weighs.replace('{ id: ', `{ finding: { type: string${fieldClass} }, id: `), weighing);
    const weighed = await start('weighed', { finding: 'flue' });
    await stepsOf(weighed);

    expect(await madeAgain(weighed)).toMatchObject([
      { table: 'worth', weighed: told, again: { kind: 'same' } },
    ]);
  });

  it('is not looked for in a saga that there is not', async () => {
    expect((await api.get('/sagas/0196f0a0-0000-7abc-8000-000000000001/decisions')).status).toBe(404);
  });
});

describe('a fragment published while a saga runs', () => {
  it('leaves the saga as it began', async () => {
    await publish(includes, fragment(1, 'first'));
    const before = await start('before');
    await publish(fragment(2, 'second'));
    const after = await start('after');

    expect(Object.keys(await stepsOf(before)).join()).toContain('first');
    expect(Object.keys(await stepsOf(after)).join()).toContain('second');
  });
});

describe('a standard published while a saga runs', () => {
  it('handles what later sagas raise', async () => {
    await publish(uses, standard(1, 'first'));
    const before = await start('before');
    await publish(standard(2, 'second'));
    const after = await start('after');

    expect(Object.keys(await stepsOf(before))).toContain('first');
    expect(Object.keys(await stepsOf(after))).toContain('second');
  });
});

describe('a contract published while a saga runs', () => {
  it('leaves the saga the schemas it began with', async () => {
    await publish(pays, contract('charge'));
    const before = await start('before');
    await publish(contract('receipt'));
    const after = await start('after');

    expect((await stepsOf(before))['charge']).toMatchObject({ output: { charge: 'c-1' } });
    expect((await stepsOf(after))['charge']).toMatchObject({ output: { charge: 'none' } });
  });

  it('tells who keeps what, and what counts for all', async () => {
    await publish(pays.replace('600ms', '1h'), contract('charge'));
    await start('before');

    const { positions } = await publish(contract('receipt', 'limits: { rate: 5/s }'));

    expect(positions).toEqual([
      expect.objectContaining({
        definition: 'priced',
        groups: [],
        keeping: [
          {
            version: 1,
            kept: ['payment: commands.charge.output'],
            atOnce: ['payment: limits'],
            count: 1,
            example: expect.objectContaining({ businessKey: 'before' }),
          },
        ],
      }),
    ]);
  });

  it('says nothing of sagas that it is nothing to', async () => {
    await publish(decides, table(1, 10), contract('charge'));
    await start('before');

    expect((await publish(contract('receipt')))['positions']).toEqual([]);
  });
});
