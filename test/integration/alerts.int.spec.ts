import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { helmTool, promtoolTool } from '../harness/operations-tools.js';

const run = promisify(execFile);
const rulesFile = 'deploy/helm/skald/files/rules.yaml';
const testsFile = 'deploy/alerts/rules.test.yaml';
const chart = 'deploy/helm/skald';

// The first run on a machine builds the tools.
jest.setTimeout(900_000);

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly labels: { readonly severity: string };
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly unknown[];
    }[];
  }[];
}

let promtool: string;
let alerts: Rules['groups'][number]['rules'];

beforeAll(async () => {
  promtool = await promtoolTool();
  alerts = (parse(await readFile(rulesFile, 'utf8')) as Rules).groups.flatMap(({ rules }) => rules);
});

describe('the alerts', () => {
  it('are rules as Prometheus reads them', async () => {
    const { stdout } = await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', rulesFile]);

    expect(stdout).toContain(`SUCCESS: ${alerts.length} rules found`);
  });

  it('fire when they should and at no other time', async () => {
    const { stdout } = await run(promtool, ['test', 'rules', testsFile]);

    expect(stdout).toContain('SUCCESS');
  });

  it('each have a test in which they fire and one in which they are silent', async () => {
    const { tests } = parse(await readFile(testsFile, 'utf8')) as RuleTests;
    const asked = tests.flatMap((one) => one.alert_rule_test);
    const names = alerts.map(({ alert }) => alert).sort();

    expect(namesOf(asked.filter(({ exp_alerts: fired }) => fired?.length === 1))).toEqual(names);
    expect(namesOf(asked.filter(({ exp_alerts: fired }) => fired === undefined))).toEqual(names);
  });

  it('each say how bad it is, what happened, and have a page for who is woken', async () => {
    const page = await readFile('deploy/alerts/README.md', 'utf8');
    const sections = [...page.matchAll(/^## (Skald\w+)\n\n(.{40,})/gm)].map(([, name]) => name);

    expect(sections).toEqual(alerts.map(({ alert }) => alert));
    for (const { labels, annotations } of alerts) {
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(annotations['summary']).toMatch(/\w{4}/);
    }
  });

  it('are installed by the chart as they are, each with the address of its page and of its sagas', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'skald-rules-'));
    try {
      const values = path.join(chart, 'ci', 'everything.yaml');
      const { stdout } = await run(await helmTool(), [
        'template',
        'shop',
        chart,
        '--kube-version',
        '1.36.0',
        '-f',
        values,
      ]);
      const rendered = parseAllDocuments(stdout)
        .map((document) => document.toJSON() as { kind: string; spec: Rules } | null)
        .find((manifest) => manifest?.kind === 'PrometheusRule');
      const file = path.join(folder, 'rules.yaml');
      await writeFile(file, stringify(rendered!.spec));
      const installed = rendered!.spec.groups.flatMap(({ rules }) => rules);

      await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', file]);
      expect(installed).toEqual(
        alerts.map((rule) => ({
          ...rule,
          annotations: {
            ...rule.annotations,
            ...runsOf(rule.annotations),
            runbook_url: expect.stringMatching(pageOf(rule.alert)),
          },
        })),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Where people reach the API, `ci/everything.yaml` says. */
function runsOf({ runs }: Readonly<Record<string, string>>): { readonly runs?: string } {
  return runs === undefined ? {} : { runs: `https://skald.shop.example${runs}` };
}

function pageOf(alert: string): RegExp {
  return new RegExp(`README\\.md#${alert.toLowerCase()}$`);
}

function namesOf(asked: readonly { readonly alertname: string }[]): readonly string[] {
  return [...new Set(asked.map(({ alertname }) => alertname))].sort();
}
