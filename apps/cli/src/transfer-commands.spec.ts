import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();
const end = { kind: 'end', definitions: 2, files: 1, sagas: 3, leftOut: 1 };
const content = `${'{"kind":"saga"}\n'.repeat(200)}${JSON.stringify(end)}\n`;
let folder: string;
let file: string;

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skald-transfer-'));
  file = join(folder, 'all.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('skald export all', () => {
  it('writes what the coordinator sends, for nobody else to read', async () => {
    coordinator.answer(() => ({ body: content }));

    const { code, out } = await skald('export', 'all', file, '--reason', 'we move');

    expect([code, readFileSync(file, 'utf8')]).toEqual([0, content]);
    expect(coordinator.arrived[0]?.url).toBe('/export?by=ann&reason=we+move');
    expect(out.split('\n')).toEqual([
      `${file}: 2 definitions, 1 file, 3 sagas`,
      'left out: 1 saga that had not ended or waited for a person, and can go on only where it began',
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['all.jsonl']);
  });

  it('leaves nothing of an export that broke off', async () => {
    coordinator.answer(() => ({ body: content.slice(0, -10) }));

    const { code, err } = await skald('export', 'all', file, '--reason', 'we move');

    expect([code, err]).toEqual([1, expect.stringContaining('it broke off')]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says what the coordinator refuses', async () => {
    coordinator.answer(() => ({ status: 503, body: { detail: 'the database does not answer' } }));

    const { code, err } = await skald('export', 'all', file, '--reason', 'we move');

    expect([code, err]).toEqual([1, 'skald: the database does not answer']);
    expect(existsSync(file)).toBe(false);
  });

  it('asks for a reason and for a new file', async () => {
    expect(await skald('export', 'all', file)).toMatchObject({ code: 2 });
    expect(await skald('export', 'all', file, '--reason', ' ')).toMatchObject({ code: 2 });
    expect(await skald('export', 'all', join(folder, 'none', 'x'), '--reason', 'we move')).toEqual({
      code: 2,
      out: '',
      err: `skald: there is no folder "${join(folder, 'none')}" to write to`,
    });
    expect(await skald('export', 'all', file, folder, '--reason', 'we move')).toMatchObject({ code: 2 });
    writeFileSync(file, 'ours');

    expect(await skald('export', 'all', file, '--reason', 'we move')).toMatchObject({ code: 2 });
    expect(readFileSync(file, 'utf8')).toBe('ours');
  });
});

describe('skald import all', () => {
  const imported = { from: 'old', at: '2026-11-21T09:00:00.000Z', ...end, newSagas: 2, topicsCreated: ['a'] };

  it('sends the file and says what came of it', async () => {
    writeFileSync(file, content);
    coordinator.answer(() => ({ body: imported }));

    const { code, out } = await skald('import', 'all', file, '--reason', 'we move');

    expect(code).toBe(0);
    expect(coordinator.arrived).toMatchObject([
      { method: 'POST', url: '/import?by=ann&reason=we+move', body: content },
    ]);
    expect(out.split('\n')).toEqual([
      '2 definitions, 1 file, 3 sagas of old, as of 2026-11-21 09:00:00.000Z',
      'here already: 1 saga',
      'left out: 1 saga that had not ended or waited for a person, and can go on only where it began',
      'topic a created',
    ]);
  });

  it('says which line is wrong', async () => {
    writeFileSync(file, content);
    coordinator.answer(() => ({ status: 400, body: { detail: 'line 7: id is missing' } }));

    expect(await skald('import', 'all', file)).toMatchObject({
      code: 1,
      err: 'skald: line 7: id is missing',
    });
  });

  it('asks for a file that is there', async () => {
    expect(await skald('import', 'all', file)).toMatchObject({ code: 2 });
    expect(await skald('import', 'all', folder)).toMatchObject({ code: 2 });
  });
});
