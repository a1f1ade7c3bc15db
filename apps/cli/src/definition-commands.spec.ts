import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

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

describe('skald validate', () => {
  const sound =
    'saga: order\nversion: 1\nkey: input.id\ntriggers: [{ event: shop.order.placed }]\nsteps:\n  - step: charge\n    call: payment.charge\n    pivot: true\n';

  it('accepts a sound definition without any service', async () => {
    const file = join(folder, 'sound.yaml');
    writeFileSync(file, sound);

    expect(await terminal(['validate', file])).toMatchObject({
      code: 0,
      out: expect.stringContaining('valid: order version 1'),
    });
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

  it('checks what is published, and says which version of what has a mistake', async () => {
    const order = { kind: 'saga', name: 'order', file: 'order.yaml' };
    const documents = [
      { ...order, version: 1, text: sound },
      { ...order, version: 2, text: sound.replace('version: 1', 'version: 2') },
    ];
    const published = (texts: readonly object[]) =>
      coordinator.answer(() => ({ body: { revision: 1, documents: texts, files: [] } }));
    published(documents);
    const good = await skald('validate', '--published');
    published([documents[0]!, { ...documents[1], text: `${documents[1]!.text}    later: true\n` }]);
    const bad = await skald('validate', '--published');

    expect(good).toMatchObject({
      code: 0,
      out: expect.stringContaining('valid: order version 1, order version 2'),
    });
    expect(bad).toMatchObject({
      code: 1,
      err: expect.stringContaining('order.yaml (saga order version 2):9:5: error: '),
    });
    expect(bad.err).toContain('  9 |     later: true');
    expect(await skald('validate', folder, '--published')).toMatchObject({ code: 2 });
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

    expect(await skald('publish', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing was published'),
    });
    expect(coordinator.arrived).toEqual([]);
  });

  it('tells what is new', async () => {
    const file = join(folder, 'publish.yaml');
    writeFileSync(
      file,
      'saga: order\nversion: 1\nkey: input.id\nsteps:\n  - step: charge\n    call: payment.charge\n    pivot: true\n',
    );
    const documents = [{ kind: 'saga', name: 'order', version: 1, isNew: true }];
    coordinator.answer(() => ({
      body: { revision: 1, documents, warnings: [], topicsCreated: ['payment.commands'] },
    }));

    const { code, out } = await skald('publish', file);

    expect([code, out]).toEqual([0, 'published saga order version 1\ncreated topic payment.commands']);
    expect(coordinator.arrived[0]).toMatchObject({ url: '/definitions', headers: { 'x-skald-by': 'ann' } });
  });
});

describe('skald positions', () => {
  it('tells what live sagas keep of what was published anew', async () => {
    const example = { id: 'x', businessKey: 'o-1' };
    const [kept, atOnce] = [['payment: commands.charge.retry'], ['payment: limits.rate']];
    coordinator.answer(() => ({
      body: {
        definition: 'order',
        version: 1,
        groups: [],
        keeping: [{ version: 1, kept, atOnce, count: 12, example }],
        looked: 12,
        more: false,
      },
    }));

    const { code, out } = await skald('positions', 'order');

    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'live sagas of order that began before contracts or namespace were published anew:',
      'COUNT  VERSION  SUCH AS  KEEP                            FOLLOW AT ONCE',
      '   12        1  o-1      payment: commands.charge.retry  payment: limits.rate',
    ]);
  });
});

describe('skald release', () => {
  const toggle = { definition: 'triage', toggle: 'agent', on: false, isChanged: true };
  const released = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const text = 'release: triage\nreason: it errs\ntoggles: { agent: false, extra: true }\n';

  it('tells what is switched', async () => {
    const toggles = [toggle, { ...toggle, toggle: 'extra', on: true, isChanged: false }];
    coordinator.answer(() => ({ body: { toggles } }));

    const { code, out } = await skald('release', released('release.yaml', text));

    expect([code, out]).toEqual([0, 'triage agent is now off\ntriage extra is on already']);
    expect(coordinator.arrived[0]).toMatchObject({ url: '/releases', headers: { 'x-skald-by': 'ann' } });
  });

  it('tells what would be switched', async () => {
    coordinator.answer(() => ({ body: { toggles: [toggle] } }));

    const { out } = await skald('release', released('trial.yaml', text), '--trial');

    expect(out).toBe('triage agent would be switched off');
    expect(coordinator.arrived[0]).toMatchObject({ url: '/releases?trial=true' });
  });

  it('sends nothing that has a mistake', async () => {
    coordinator.answer(() => ({ body: {} }));

    expect(await skald('release', released('bad.yaml', 'release: triage\n'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing was applied'),
    });
    expect(coordinator.arrived).toEqual([]);
  });
});

describe('skald fmt', () => {
  const unsorted =
    'version: 1\nkey: input.id\nsaga: order  # the head\nsteps: [{ call: payment.charge, step: charge }]\n';
  const sorted =
    'saga: order  # the head\nversion: 1\nkey: input.id\nsteps: [{ step: charge, call: payment.charge }]\n';

  it('writes heads first, once', async () => {
    const file = join(folder, 'unsorted.yaml');
    writeFileSync(file, unsorted);

    expect(await terminal(['fmt', file])).toEqual({ code: 0, out: `formatted: ${file}`, err: '' });
    expect(readFileSync(file, 'utf8')).toBe(sorted);
    expect(await terminal(['fmt', file])).toEqual({ code: 0, out: 'nothing to format', err: '' });
  });

  it('only says what it would change, and fails, with --check', async () => {
    const file = join(folder, 'checked.yaml');
    writeFileSync(file, unsorted);

    expect(await terminal(['fmt', '--check', file])).toMatchObject({
      code: 1,
      out: `to be formatted: ${file}`,
    });
    expect(readFileSync(file, 'utf8')).toBe(unsorted);
  });

  it('leaves alone what it cannot read, and says where that is', async () => {
    const file = join(folder, 'torn.yaml');
    writeFileSync(file, 'version: 1\nsaga: [\n');

    const { code, err } = await terminal(['fmt', file]);

    expect(code).toBe(1);
    expect(err).toMatch(/torn\.yaml:\d+:\d+: error: /);
    expect(readFileSync(file, 'utf8')).toBe('version: 1\nsaga: [\n');
  });
});
