import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '#libs/messaging';
import { run } from '../../apps/cli/src/run.js';
import { LanguageServer, type TextPosition } from './language-server.js';

const CONTRACTS = `participant: inventory
commands:
  reserve: { rejects: [out-of-stock], undoneBy: inventory.release }
  release: {}
events: { inventory.stock-counted: { key: data.sku } }
---
namespace: shop
roles: { returns-clerk: { authority: 1 }, head-of-claims: { authority: 4 } }
policies: { retry: { patient: { attempts: forever } } }
---
decision: route-rules
version: 1
hit: collect
inputs: { stop: { type: object } }
rules: [{ rule: closed, if: stop.closed }]
---
fragment: notify
version: 1
params: { to: string }
steps: [{ emit: told, event: shop.told }]
`;
const HEAD = 'saga: order\nversion: 1\nkey: input.orderId\nsteps:\n';

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(tmpdir(), 'skald-completion-'));
let server: LanguageServer;
let files = 0;

beforeAll(async () => {
  writeFileSync(path.join(folder, 'contracts.yaml'), CONTRACTS);
  const quiet = { print: () => undefined, warn: () => undefined, readInput: async () => '' };
  expect(await run(['schema', folder], { env: {}, clock: new SystemClock(), ...quiet })).toBe(0);
  const schemas = { [pathToFileURL(path.join(folder, '.skald/schema.json')).href]: '*.yaml' };
  server = new LanguageServer({
    yaml: { schemas, completion: true, validate: true, schemaStore: { enable: false } },
  });
  await server.start(folder);
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('an editor with the schema of its folder', () => {
  it.each([
    [
      'the commands there are',
      '  - step: reserveStock\n    call: |\n',
      ['inventory.release', 'inventory.reserve'],
    ],
    ['the tables', '  - decide: route\n    table: |\n', ['route-rules']],
    ['the fragments', '  - include: tell\n    fragment: |\n', ['notify']],
    ['the events', '  - wait: counted\n    event: |\n', ['inventory.stock-counted', 'shop.told']],
    ['the roles', '  - task: look\n    to:\n      role: |\n', ['head-of-claims', 'returns-clerk']],
    [
      'the retry policies',
      '  - step: pay\n    call: payment.charge\n    retry:\n      policy: |\n',
      ['patient'],
    ],
  ])('offers %s', async (_, steps, offered) => {
    const { completions } = await at(HEAD + steps);

    expect(completions).toEqual(expect.arrayContaining([...offered]));
  });

  it('offers the sixteen heads of a block, and no key of a kind that is not chosen yet', async () => {
    const { completions } = await at(`${HEAD}  - |\n`);

    expect(completions).toEqual(
      expect.arrayContaining(['step', 'task', 'wait', 'parallel', 'include', 'decide']),
    );
    expect(completions).not.toContain('call');
  });

  it('offers the keys of a step behind its head, and no other', async () => {
    const { completions } = await at(`${HEAD}  - step: reserveStock\n    |\n`);

    expect(completions).toEqual(expect.arrayContaining(['call', 'compensate', 'retry', 'catch', 'if']));
    expect(completions).not.toContain('branches');
  });

  it('offers the errors that there are to handlers', async () => {
    const { completions } = await at(
      `${HEAD}  - step: reserveStock\n    call: inventory.reserve\n    catch:\n      |\n`,
    );

    expect(completions).toEqual(expect.arrayContaining(['out-of-stock', 'timed-out', 'unknown']));
  });

  it('underlines a command that its participant does not have, and none of a participant without contract', async () => {
    const steps =
      '  - { step: one, call: inventory.reserv, pivot: true }\n  - { step: two, call: payment.charge }\n|';
    const { complaints } = await at(HEAD + steps);

    expect(complaints.map(({ range }) => range.start.line)).toEqual([4]);
  });
});

/** Opens a text with the cursor at `|`. */
async function at(text: string) {
  files += 1;
  const file = path.join(folder, `saga-${files}.yaml`);
  const before = text.slice(0, text.indexOf('|')).split('\n');
  const position: TextPosition = { line: before.length - 1, character: before.at(-1)!.length };
  const complaints = await server.open(file, text.replace('|', ''));
  return { complaints, completions: await server.completions(file, position) };
}
