import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { terminal } from './terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'skald-survey-'));

afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, 'order.yaml'),
  `saga: order
version: 2
owner: orders
key: input.id
steps:
  - step: print
    call: printer.print
    compensate: { none: paper is cheap }
  - step: charge
    call: payment.charge
    pivot: true
---
participant: payment
owner: money
commands: { charge: { opaque: a stored procedure } }
`,
);

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
