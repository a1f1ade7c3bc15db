import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { amtoolTool } from '../harness/operations-tools.js';

const run = promisify(execFile);
const policy = 'deploy/alerts/alertmanager.yaml';
const texts = 'deploy/alerts/alertmanager.tmpl';

// The first run on a machine builds the tool.
jest.setTimeout(900_000);

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly labels: { readonly severity: string } }[];
  }[];
}

let amtool: string;
let folder: string;

beforeAll(async () => {
  amtool = await amtoolTool();
  folder = await mkdtemp(path.join(tmpdir(), 'skald-routes-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a message says, of one alert with these labels. */
async function rendered(
  template: 'channel' | 'title' | 'text',
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const data = path.join(folder, 'message.json');
  const annotations = {
    summary: '3 sagas of order have stood still',
    runs: 'https://skald.example/stalled?definition=order',
    runbook_url: 'https://skald.example/README.md#skaldstalled',
  };
  const alerts = [{ Labels: labels, Annotations: annotations }];
  await writeFile(data, JSON.stringify({ Status: 'firing', CommonLabels: labels, Alerts: alerts }));
  const question = ['--template.text', `{{ template "skald.${template}" . }}`, '--template.data', data];
  const { stdout } = await run(amtool, ['template', 'render', '--template.glob', texts, ...question]);
  return stdout.trim();
}

describe('the policy for alerts', () => {
  it('is one as Alertmanager reads it, with its texts', async () => {
    const { stdout } = await run(amtool, ['check-config', policy]);

    expect(stdout).toContain('1 receivers');
    expect(stdout).toContain('1 templates');
    expect(stdout.match(/SUCCESS/g)).toHaveLength(2);
  });

  it('sends every alert through the one receiver', async () => {
    const rules = parse(await readFile('deploy/helm/skald/files/rules.yaml', 'utf8')) as Rules;
    const alerts = rules.groups.flatMap((group) => group.rules);

    for (const { alert, labels } of alerts) {
      const asked = [`alertname=${alert}`, `severity=${labels.severity}`, 'saga_owner=sales'];
      const { stdout } = await run(amtool, ['config', 'routes', 'test', '--config.file', policy, ...asked]);
      expect([alert, stdout.trim()]).toEqual([alert, 'owner']);
    }
  });

  it('is about alerts that there are', async () => {
    const rules = await readFile('deploy/helm/skald/files/rules.yaml', 'utf8');
    const named = (await readFile(policy, 'utf8')).match(/Skald\w+/g) ?? [];

    expect(named).not.toEqual([]);
    for (const name of named) expect(rules).toContain(`- alert: ${name}\n`);
  });

  it('tells the owner, what it is about and where to look', async () => {
    const labels = { alertname: 'SkaldStalled', severity: 'warning', saga_owner: 'sales' };

    expect(await rendered('channel', labels)).toBe('#sales');
    expect(await rendered('title', labels)).toBe('SkaldStalled (warning)');
    expect((await rendered('text', labels)).split('\n')).toEqual([
      '3 sagas of order have stood still',
      'https://skald.example/stalled?definition=order',
      'https://skald.example/README.md#skaldstalled',
    ]);
  });

  it('tells everybody of what nobody owns', async () => {
    expect(await rendered('channel', { alertname: 'SkaldNobodyFolds', severity: 'critical' })).toBe('#skald');
  });
});
