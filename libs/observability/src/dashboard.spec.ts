import { readFileSync } from 'node:fs';
import { createNoopMeter, type Meter } from '@opentelemetry/api';
import { describe, expect, it } from '@jest/globals';
import type { Gauges } from '#libs/orchestration';
import { NoParticipantTrace } from '#libs/participant';
import { FakeClock } from '#libs/testing';
import { parse } from 'yaml';
import { MeasuredParticipantTrace } from './measured-participant-trace.js';
import { OtelSagaMetrics } from './otel-saga-metrics.js';

interface Asking {
  readonly datasource?: unknown;
  readonly expr?: string;
}

interface Dashboard {
  readonly panels: readonly (Asking & {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly targets?: readonly Asking[];
  })[];
  readonly templating: {
    readonly list: readonly (Asking & { readonly name: string; readonly type: string })[];
  };
  readonly annotations: { readonly list: readonly Asking[] };
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

const dashboardText = readFileSync('deploy/dashboards/skald.json', 'utf8');
const { panels, templating, annotations } = JSON.parse(dashboardText) as Dashboard;
const rules = parse(readFileSync('deploy/helm/skald/files/rules.yaml', 'utf8')) as Rules;

/** The names of everything that is measured, by the way in which it is. */
function instruments(): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  const meter = new Proxy(createNoopMeter(), {
    get: (target, method: keyof Meter) => (name: string, options: object) => {
      made.set(name, method);
      return (target[method] as (name: string, options: object) => unknown)(name, options);
    },
  });
  new OtelSagaMetrics(meter).watch({} as Gauges);
  new MeasuredParticipantTrace(meter, new FakeClock(), new NoParticipantTrace());
  return made;
}

/** As Prometheus reads them. */
function exported(): ReadonlySet<string> {
  const names = [...instruments()].flatMap(([name, method]) => {
    const base = name.replaceAll('.', '_');
    if (method.endsWith('Counter')) return [`${base}_total`];
    return method === 'createHistogram'
      ? ['bucket', 'count', 'sum'].map((part) => `${base}_${part}`)
      : [base];
  });
  return new Set(names);
}

/** The metrics a query is about: what is left when labels and texts are taken away. */
function metricsIn(query: string): readonly string[] {
  const withoutLabels = query
    .replaceAll(/\{[^}]*\}|"[^"]*"/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  return withoutLabels.match(/\b(?:saga|messaging)_\w+/g) ?? [];
}

const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr!));

describe('the dashboard', () => {
  it('asks only for what coordinators export', () => {
    const known = exported();

    expect(queries.length).toBeGreaterThan(30);
    for (const query of queries) {
      const metrics = metricsIn(query);
      expect(metrics).not.toEqual([]);
      expect([query, metrics.filter((name) => !known.has(name))]).toEqual([query, []]);
    }
  });

  it('asks the source of data that is chosen, and no other', () => {
    const chosen = templating.list.find(({ type }) => type === 'datasource')!;
    const asking = [
      ...panels.filter(({ type }) => type !== 'row'),
      ...panels.flatMap(({ targets = [] }) => targets),
      ...templating.list.filter(({ type }) => type === 'query'),
      ...annotations.list,
    ];

    for (const { datasource } of asking)
      expect(datasource).toEqual({ type: 'prometheus', uid: `\${${chosen.name}}` });
  });

  it('has panels with a number and a title of their own', () => {
    for (const field of ['id', 'title'] as const)
      expect(new Set(panels.map((panel) => panel[field])).size).toBe(panels.length);
  });
});

describe('the alerts', () => {
  it('are about what coordinators export', () => {
    const known = exported();
    const asked = rules.groups.flatMap((group) => group.rules.flatMap(({ expr }) => metricsIn(expr)));

    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('the list of metrics', () => {
  it('has everything that is measured, and nothing else', () => {
    const page = readFileSync('libs/observability/README.md', 'utf8');
    const rows = [...page.matchAll(/^\| (`(?:saga|messaging)\..*?) \| .* \|$/gm)].map(([, names]) => names!);
    const listed = rows.flatMap((names) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));

    expect(listed.toSorted()).toEqual([...instruments().keys()].toSorted());
  });
});
