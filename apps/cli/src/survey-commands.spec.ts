import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { writeOrder } from './survey-commands.fixture.js';
import { terminal } from './terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'skald-survey-'));

const coordinator = new PlayedCoordinator();

beforeAll(() => coordinator.start());

afterAll(async () => {
  await coordinator.stop();
  rmSync(folder, { recursive: true });
});

writeOrder(folder);

const skald = (...args: readonly string[]) => terminal(args, { SKALD_URL: coordinator.url });

describe('skald survey', () => {
  it('lists what is worth a second look', async () => {
    const { code, out } = await terminal(['survey', folder]);

    expect(code).toBe(0);
    expect(out).toContain('order version 2, of orders');
    expect(out).toContain('Handoffs: 1');
    expect(out).toMatch(/print +printer +charge +money/);
    expect(out).toMatch(/charge +orders +asks +payment\.charge +money +crosses/);
    expect(out).toMatch(/print +paper is cheap/);
    expect(out).toContain('Opaque: 1 of 2 blocks that work or decide (50%)');
    expect(out).toMatch(/charge +a stored procedure/);
  });

  it('gives the graph as JSON', async () => {
    const { out } = await terminal(['survey', folder, '-d', 'order', '-o', 'json']);
    const { sagas } = JSON.parse(out) as { sagas: [{ graph: { nodes: { id: string }[] } }] };

    expect(sagas[0].graph.nodes.map(({ id }) => id)).toEqual(['start', 'print', 'charge', 'end']);
  });

  it('names the sagas there are when there is no such one', async () => {
    expect(await terminal(['survey', folder, '-d', 'oder'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no saga "oder"'),
    });
  });

  it('says where to look when there are mistakes', async () => {
    const file = join(folder, 'order.yaml.broken.yaml');
    writeFileSync(file, 'saga: order\n');

    expect(await terminal(['survey', file])).toMatchObject({
      code: 1,
      err: expect.stringContaining('skald validate'),
    });
    rmSync(file);
  });
});

describe('skald find', () => {
  it('tells what has a word in it, and who uses it', async () => {
    const { code, out } = await skald('find', 'charge', folder);

    expect(code).toBe(0);
    expect(out).toMatch(/command +payment\.charge +order\.yaml:16 +Takes the money +saga order: charge/);
  });

  it('says when there is nothing', async () => {
    expect(await skald('find', 'zeppelin', folder)).toMatchObject({
      code: 0,
      out: 'nothing has "zeppelin" in it',
    });
  });
});

describe('skald diagram', () => {
  it('draws a definition', async () => {
    const { code, out } = await skald('diagram', 'order', folder);

    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe('flowchart TD');
    expect(out).toContain('b_print --> b_charge');
    expect(out).toContain('"stays: paper is cheap"');
  });

  it('colours the blocks of a run', async () => {
    const { out: survey } = await skald('survey', folder, '-d', 'order', '-o', 'json');
    const [published] = (JSON.parse(survey) as { sagas: object[] }).sagas;
    const step = { outcome: 'succeeded', attempts: 1, startedAt: '', endedAt: '', output: null };
    const run = {
      definition: 'order',
      version: 2,
      steps: { print: step },
      waitsFor: [{ kind: 'answer', block: 'charge', text: '' }],
      incidents: [],
    };
    coordinator.answer(({ url }) => ({ body: url.startsWith('/sagas/') ? run : published }));

    const { code, out } = await skald('diagram', '--run', '01900000-0000-7000-8000-000000000001');

    expect(code).toBe(0);
    expect(out).toContain('class b_print done');
    expect(out).toContain('class b_charge open');
  });

  it('wants a saga or a run', async () => {
    expect(await skald('diagram')).toMatchObject({ code: 2, err: expect.stringContaining('--run <id>') });
  });
});

describe('skald docs', () => {
  const out = join(folder, 'pages');
  const docs = (...more: readonly string[]) => skald('docs', folder, '--out', out, ...more);

  it('finds what is missing, stale or about a saga that is gone', async () => {
    expect(await docs('--check')).toMatchObject({ code: 1, err: expect.stringContaining('README.md') });
    expect(existsSync(out)).toBe(false);

    await docs();
    expect(await docs('--check')).toMatchObject({ code: 0 });

    writeOrder(folder, (text) => text.replace('paper is cheap', 'paper is patient'));
    expect(await docs('--check')).toMatchObject({ code: 1, err: expect.stringContaining('order.md') });

    writeOrder(folder, (text) => text.replace('saga: order', 'saga: purchase'));
    await docs();
    expect([existsSync(join(out, 'order.md')), existsSync(join(out, 'purchase.md'))]).toEqual([false, true]);
    writeOrder(folder);
  });

  it('shows the lines that differ', async () => {
    writeOrder(folder);
    await docs();
    writeOrder(folder, (text) => text.replace('title: An order', 'title: A purchase'));
    const { code, err } = await docs('--check');
    writeOrder(folder);

    expect(code).toBe(1);
    expect(err).toContain(`${join(out, 'order.md')}:1:\n  - # An order\n`);
    expect(err).toContain('\n  + # A purchase\n');
    expect(err).toContain(`; run skald docs ${folder} --out ${out}`);
  });

  it('says the same of what is published', async () => {
    const document = { kind: 'saga', name: 'order', version: 2, file: 'order.yaml' };
    const published = (text: string) =>
      coordinator.answer(({ url }) =>
        url === '/definitions/texts'
          ? { body: { revision: 1, documents: [{ ...document, text }], files: [] } }
          : { status: 404, body: {} },
      );
    const check = () => skald('docs', '--published', '--out', out, '--check');
    const text = readFileSync(writeOrder(folder), 'utf8');
    await docs();
    published(text);
    const same = await check();
    published(text.replace('paper is cheap', 'paper is patient'));
    const other = await check();

    expect(same.code).toBe(0);
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringContaining('  + | print | paper is patient |'),
    });
    expect(await skald('docs', folder, '--published')).toMatchObject({ code: 2 });
  });

  it.each(['definitions', 'examples'])('finds the pages of the shop up to date: %s', async (name) => {
    const shop = join('apps', 'shop', name);

    expect(await terminal(['docs', shop, '--out', join(shop, 'docs'), '--check'])).toMatchObject({
      code: 0,
      err: '',
    });
  });

  it('writes words, diagram and lists on a page', async () => {
    await docs();
    const page = readFileSync(join(out, 'order.md'), 'utf8');

    expect(page).toContain('# An order\n');
    expect(page).toContain('order, version 2 (An order), of orders.');
    expect(page).toContain('```mermaid\nflowchart TD\n');
    expect(page).toContain('| charge | orders | asks `payment.charge` | money (crosses) |');
    expect(page).toContain(
      '## Never undone (1)\n\n| Block | Because |\n| --- | --- |\n| print | paper is cheap |',
    );
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('| [An order](order.md) | 2 | orders |');
  });

  it('leaves pages alone that somebody else wrote', async () => {
    writeFileSync(join(out, 'notes.md'), 'ours');
    await docs();

    expect(readFileSync(join(out, 'notes.md'), 'utf8')).toBe('ours');
  });
});

describe('skald export', () => {
  it('writes a saga as BPMN', async () => {
    const { code, out } = await skald('export', 'bpmn', 'order', folder);

    expect(code).toBe(0);
    expect(out).toContain('<bpmn:serviceTask id="Node_charge"');
    expect(out).toContain('<bpmndi:BPMNShape');
  });

  it('takes no option that says nothing about BPMN', async () => {
    expect(await skald('export', 'bpmn', 'order', folder, '--reason', 'why not')).toEqual({
      code: 2,
      out: '',
      err: 'skald: --reason goes with all',
    });
  });

  it('names the formats there are', async () => {
    expect(await skald('export', 'visio', 'order', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is bpmn'),
    });
  });
});
