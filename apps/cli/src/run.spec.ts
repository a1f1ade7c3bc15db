import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const saga = '0193b5a0-1111-7222-8333-444444444444';
const coordinator = new PlayedCoordinator();
const folder = mkdtempSync(join(tmpdir(), 'skald-cli-'));

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(async () => {
  await coordinator.stop();
  rmSync(folder, { recursive: true });
});

describe('a command line that cannot work', () => {
  it.each([
    ['suggests the command that was meant', ['lits'], 'Did you mean list?'],
    ['suggests the option that was meant', ['list', '--statsu', 'running'], 'Did you mean --status?'],
    ['names the argument that is missing', ['show'], "missing required argument 'saga'"],
    ['lists the formats there are', ['list', '-o', 'xml'], 'Allowed choices are text, json'],
    ['asks for the input of a start', ['start', 'order'], 'the input is missing'],
    ['says where JSON is broken', ['start', 'order', '-d', '{'], 'the input is not JSON'],
    ['names the file that is not there', ['start', 'order', '-i', '/nowhere.json'], '"/nowhere.json" cannot be read'],
    ['names the folder that is not there', ['validate', '/nowhere'], 'no file or folder "/nowhere"'],
  ])('%s', async (_what, args, expected) => {
    const { code, err } = await skald(...args);

    expect(code).toBe(2);
    expect(err).toContain(expected);
  });

  it.each([
    ['migrate', 'DATABASE_URL is not set'],
    ['install', 'DATABASE_URL is not set'],
  ])('says which variable %s needs', async (command, expected) => {
    const { code, err } = await terminal([command]);

    expect([code, err]).toEqual([2, expect.stringContaining(expected)]);
  });

  it('says when the broker is missing', async () => {
    const { code, err } = await terminal(['install'], { DATABASE_URL: 'postgres://nowhere/none' });

    expect([code, err]).toEqual([2, expect.stringContaining('KAFKA_BROKERS is missing')]);
  });

  it('says when the address of the coordinator is none', async () => {
    const { code, err } = await terminal(['lanes'], { SKALD_URL: 'localhost:8080' });

    expect([code, err]).toEqual([2, expect.stringContaining('SKALD_URL is "localhost:8080"')]);
  });
});

describe('help', () => {
  it('lists every command and ends well', async () => {
    const { code, out } = await terminal(['--help']);

    expect(code).toBe(0);
    for (const name of ['install', 'migrate', 'validate', 'publish', 'start', 'list', 'show', 'retry', 'skip', 'redrive', 'cancel', 'lanes']) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
  });
});

describe('a coordinator that does not help', () => {
  it('is reported as not there', async () => {
    const { code, err } = await terminal(['lanes'], { SKALD_URL: 'http://127.0.0.1:1' });

    expect([code, err]).toEqual([1, expect.stringContaining('no coordinator answers at http://127.0.0.1:1')]);
  });

  it('is reported as something else', async () => {
    coordinator.answer(() => ({ body: '<html>' }));

    expect(await skald('lanes')).toMatchObject({ code: 1, err: expect.stringContaining('does not answer like a coordinator') });
  });

  it('is quoted with everything it found wrong', async () => {
    coordinator.answer(() => ({ status: 422, body: { detail: 'the input is not valid', problems: ['/total: has to be integer'] } }));

    const { code, err } = await skald('start', 'order', '-d', '{}');

    expect(code).toBe(1);
    expect(err).toBe('skald: the input is not valid\n  /total: has to be integer');
  });
});

describe('skald start', () => {
  it('sends the input under a key derived from it', async () => {
    coordinator.answer(() => ({ status: 201, body: { id: saga, outcome: 'created' } }));

    const first = await skald('start', 'order', '-d', '{"orderId":"o-1"}');
    await skald('start', 'order', '-d', '{ "orderId": "o-1" }');
    await skald('start', 'order', '-d', '{"orderId":"o-2"}');
    const keys = coordinator.arrived.map(({ headers }) => headers['idempotency-key']);

    expect(first).toMatchObject({ code: 0, out: `started ${saga}` });
    expect(coordinator.arrived[0]).toMatchObject({ method: 'POST', url: '/sagas/order', body: { orderId: 'o-1' } });
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([true, false]);
  });

  it('reads the input from standard input', async () => {
    coordinator.answer(() => ({ status: 201, body: { id: saga, outcome: 'created' } }));

    await terminal(['start', 'order', '-i', '-', '-k', 'mine'], { SKALD_URL: coordinator.url }, '{"orderId":"o-3"}');

    expect(coordinator.arrived[0]).toMatchObject({ body: { orderId: 'o-3' }, headers: { 'idempotency-key': 'mine' } });
  });

  it('says who was there before', async () => {
    coordinator.answer(() => ({ body: { id: saga, outcome: 'duplicate' } }));

    expect((await skald('start', 'order', '-d', '{}')).out).toContain(`nothing started: ${saga}`);
  });
});

describe('skald list', () => {
  const row = { id: saga, definition: 'order', version: 1, businessKey: 'o-1', status: 'running', incident: true, startedAt: '2026-11-21T08:00:00.000Z' };

  it('prints a table', async () => {
    coordinator.answer(() => ({ body: { sagas: [row], next: saga } }));

    const { out } = await skald('list', '--status', 'running', '--incident');

    expect(coordinator.arrived[0]?.url).toBe('/sagas?limit=50&status=running&incident=true');
    expect(out).toContain(`${saga}  order 1     o-1           running (incident)  2026-11-21 08:00:00.000Z`);
    expect(out).toContain(`--before ${saga}`);
  });

  it('prints what the coordinator said as JSON', async () => {
    coordinator.answer(() => ({ body: { sagas: [row] } }));

    expect(JSON.parse((await skald('list', '-o', 'json')).out)).toEqual({ sagas: [row] });
    expect(JSON.parse((await skald('-o', 'json', 'list')).out)).toEqual({ sagas: [row] });
  });
});

describe('an action', () => {
  const answered = { body: { outcome: 'done', request: 'r', detail: '' } };

  it('goes to the saga with who asks and why', async () => {
    coordinator.answer(() => answered);

    const { code, out } = await skald('skip', saga, '--block', 'chargeCard', '--result', '{"charge":1}', '-r', 'paid by hand');

    expect([code, out]).toEqual([0, 'done']);
    expect(coordinator.arrived).toEqual([
      expect.objectContaining({
        url: `/sagas/${saga}/actions`,
        body: { action: 'skip', by: 'ann', block: 'chargeCard', output: { charge: 1 }, reason: 'paid by hand' },
      }),
    ]);
  });

  it('finds the saga of a business key', async () => {
    coordinator.answer(({ method }) => (method === 'GET' ? { body: { sagas: [{ id: saga }] } } : answered));

    await skald('cancel', 'o 1');

    expect(coordinator.arrived.map(({ url }) => url)).toEqual(['/sagas?key=o+1', `/sagas/${saga}/actions`]);
  });

  it('does not guess between two sagas', async () => {
    const two = [{ id: saga, startedAt: '' }, { id: 'other', startedAt: '' }].map((one) => ({ ...one, definition: 'order', version: 1, businessKey: 'o-1', status: 'running' }));
    coordinator.answer(() => ({ body: { sagas: two } }));

    const { code, err } = await skald('retry', 'o-1');

    expect([code, err]).toEqual([1, expect.stringContaining('2 sagas have the business key "o-1"')]);
  });

  it('settles a parked record named by its position', async () => {
    coordinator.answer(() => answered);

    await skald('redrive', 'shop.events/0/17');

    expect(coordinator.arrived[0]).toMatchObject({ url: '/parked/shop.events/0/17/redrive', body: { by: 'ann' } });
  });

  it('fails when the saga refuses', async () => {
    coordinator.answer(() => ({ status: 409, body: { detail: 'past its pivot' } }));

    expect(await skald('cancel', saga)).toMatchObject({ code: 1, err: 'skald: past its pivot' });
  });
});

describe('skald validate', () => {
  const sound = 'saga: order\nversion: 1\nkey: input.id\ntriggers: [{ event: shop.order.placed }]\nsteps:\n  - step: charge\n    call: payment.charge\n    pivot: true\n';

  it('accepts a sound definition without any service', async () => {
    const file = join(folder, 'sound.yaml');
    writeFileSync(file, sound);

    expect(await terminal(['validate', file])).toMatchObject({ code: 0, out: expect.stringContaining('valid: order version 1') });
  });

  it('points at the mistake in its line', async () => {
    const file = join(folder, 'broken.yaml');
    writeFileSync(file, sound.replace('key: input.id', 'key: input.id ++ 1'));

    const { code, err } = await terminal(['validate', file]);
    const lines = err.split('\n');
    const at = lines.findIndex((line) => line.includes('broken.yaml:3:'));

    expect(code).toBe(1);
    expect(lines[at]).toMatch(/broken\.yaml:3:\d+: error: /);
    expect(lines[at + 1]).toBe('  3 | key: input.id ++ 1');
    expect(lines[at + 2]).toMatch(/^ +\^$/);
  });

  it('gives the problems as JSON', async () => {
    const file = join(folder, 'broken.json.yaml');
    writeFileSync(file, 'saga: order\n');

    const { code, out } = await terminal(['validate', '-o', 'json', file]);

    expect(code).toBe(1);
    expect((JSON.parse(out) as { errors: number }).errors).toBeGreaterThan(0);
  });
});

describe('skald publish', () => {
  it('sends nothing that does not compile', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'saga: order\n');
    coordinator.answer(() => ({ body: {} }));

    expect(await skald('publish', file)).toMatchObject({ code: 1, err: expect.stringContaining('nothing was published') });
    expect(coordinator.arrived).toEqual([]);
  });

  it('tells what is new', async () => {
    const file = join(folder, 'publish.yaml');
    writeFileSync(file, 'saga: order\nversion: 1\nkey: input.id\nsteps:\n  - step: charge\n    call: payment.charge\n    pivot: true\n');
    const documents = [{ kind: 'saga', name: 'order', version: 1, isNew: true }];
    coordinator.answer(() => ({ body: { revision: 1, documents, warnings: [], topicsCreated: ['payment.commands'] } }));

    const { code, out } = await skald('publish', file);

    expect([code, out]).toEqual([0, 'published saga order version 1\ncreated topic payment.commands']);
    expect(coordinator.arrived[0]).toMatchObject({ url: '/definitions', headers: { 'x-skald-by': 'ann' } });
  });
});

describe('skald lanes', () => {
  it('shows who reads what and how far', async () => {
    const lane = { topic: 'skald.home', part: 0, owner: 'pod-1', epoch: 3, seq: 12, nextOffset: 40, takeovers: 0, unsent: 2, lastRecord: { at: '2026-11-21T08:00:00.000Z' } };
    coordinator.answer(() => ({ body: { lanes: [lane] } }));

    expect((await skald('lanes')).out.split('\n')).toEqual([
      'topic       part  owner  epoch  commits  next offset  unsent  takeovers  last record',
      'skald.home     0  pod-1      3       12           40       2          0  2026-11-21T08:00:00.000Z',
    ]);
  });
});
