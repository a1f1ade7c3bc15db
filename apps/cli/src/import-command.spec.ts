import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { writeOrder } from './survey-commands.fixture.js';
import { terminal } from './terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'skald-import-'));
const definitions = mkdtempSync(join(tmpdir(), 'skald-around-'));

writeOrder(definitions);

afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(definitions, { recursive: true });
});

async function exported(change: (xml: string) => string = (xml) => xml): Promise<string> {
  const { out } = await terminal(['export', 'bpmn', 'order', definitions]);
  const file = join(folder, 'order.bpmn');
  writeFileSync(file, change(out));
  return file;
}

describe('skald import', () => {
  it('prints the saga that was exported as BPMN', async () => {
    const { code, out } = await terminal(['import', 'bpmn', await exported(), '--in', definitions]);

    expect(code).toBe(0);
    expect(out).toContain('saga: order\nversion: 2\n');
    expect(out).toContain('call: payment.charge\n    pivot: true');
  });

  it('gives it another version where one is said', async () => {
    const { out } = await terminal(['import', 'bpmn', await exported(), '--as-version', '3']);

    expect(out).toContain('saga: order\nversion: 3\n');
  });

  it('shows what the changed process has for mistakes', async () => {
    const file = await exported((xml) => xml.replace('call: payment.charge', 'call: payment.chrge'));
    const { code, out, err } = await terminal(['import', 'bpmn', file, '--in', definitions]);

    expect(code).toBe(1);
    expect(out).toContain('payment.chrge');
    expect(err).toContain('Did you mean "payment.charge"?');
  });

  it('prints a skeleton for what was drawn by hand, and says what is missing', async () => {
    const file = await exported((xml) => xml.replace(/<skald:block[^]*?<\/skald:block>/, ''));
    const { code, out, err } = await terminal(['import', 'bpmn', file]);

    expect(code).toBe(1);
    expect(out).toContain('${ <fill in: the command, for Node_print> }');
    expect(err).toMatch(/order\.bpmn:\d+:5: error: element "Node_print": the command is missing/);
  });

  it('imports nothing from a model outside of the subset', async () => {
    const file = await exported((xml) => xml.replaceAll('bpmn:serviceTask', 'bpmn:transaction'));
    const { code, out, err } = await terminal(['import', 'bpmn', file]);

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/order\.bpmn:\d+:5: error: element "Node_print": Transaction has no counterpart/);
  });

  it.each([
    ['bpmn', 'no XML', 'saga: order', '1:1: error: this is no XML of such a model: missing start tag'],
    ['bpmn', 'cut off', '<?xml version="1.0"?>\n<a>\n <b>\n', '3:5: error: .*: unexpected end of file'],
    ['bpmn', 'another document', '<html></html>', '1:1: error: this is no BPMN model'],
    ['dmn', 'another document', '<html></html>', '1:1: error: this is no DMN model'],
  ])('says where a file of %s cannot be read: %s', async (format, _, text, problem) => {
    const file = join(folder, 'broken.xml');
    writeFileSync(file, text);
    const { code, err } = await terminal(['import', format, file]);

    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`broken\\.xml:${problem}\\n`));
    expect(err).toMatch(/broken\.xml cannot be read$/);
  });

  it.each([
    [['dmn', '--in', '.'], '--in goes with bpmn, not with dmn'],
    [['bpmn', '--reason', 'we move'], '--reason goes with all, not with bpmn'],
    [['all', '--as-version', '2'], '--as-version goes with dmn and bpmn, not with all'],
  ])('takes no option that it would pass over: %j', async ([format, ...options], problem) => {
    expect(await terminal(['import', format!, folder, ...options])).toEqual({
      code: 2,
      out: '',
      err: `skald: ${problem}`,
    });
  });

  it.each(['dmn', 'bpmn', 'all'])('finds nothing in an empty file of %s', async (format) => {
    const file = join(folder, 'empty');
    writeFileSync(file, '');

    expect(await terminal(['import', format, file])).toEqual({
      code: 1,
      out: '',
      err: `skald: "${file}" is empty`,
    });
  });

  it('takes no folder for a file', async () => {
    expect(await terminal(['import', 'bpmn', folder])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`there is no file "${folder}"`),
    });
  });

  it('names the formats there are', async () => {
    expect(await terminal(['import', 'visio', 'order.xml'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('there are dmn, bpmn and all'),
    });
  });
});
