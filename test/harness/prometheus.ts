import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { freePorts, startService, type LocalStack } from '../../deploy/local/src/index.js';
import { prometheusServer } from './operations-tools.js';

/** One series and its value, as a query answers it. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An alert that is pending or firing. */
export interface Alert {
  readonly name: string;
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A running Prometheus. */
export interface Prometheus {
  readonly url: string;
  /** Where metrics are pushed to over OTLP, as protobuf, if it takes them. */
  readonly otlpUrl: string;
  /** The present value of an expression. @throws Error when it is not understood. */
  query(expression: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly Alert[]>;
  stop(): Promise<void>;
}

/** What Prometheus is to look at. */
export interface PrometheusOptions {
  /** `host:port` of what it scrapes, each second, at `/metrics`. */
  readonly targets: readonly string[];
  /** File of rules; they are evaluated each second. */
  readonly rulesFile?: string;
  /** Takes what is pushed over OTLP as well. */
  readonly takesOtlp?: boolean;
}

/** Starts Prometheus on a free port, with its data in the folder of `stack`. */
export async function startPrometheus(
  stack: Pick<LocalStack, 'dataFolder' | 'logsFolder'>,
  { targets, rulesFile, takesOtlp = false }: PrometheusOptions,
): Promise<Prometheus> {
  const [port] = await freePorts(1);
  const settings = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [{ job_name: 'skald', static_configs: [{ targets }] }],
    rule_files: rulesFile === undefined ? [] : ['rules.yaml'],
  };
  if (rulesFile !== undefined) await copyFile(rulesFile, path.join(stack.dataFolder, 'rules.yaml'));
  const file = path.join(stack.dataFolder, 'prometheus.yaml');
  await writeFile(file, stringify(settings));
  const url = `http://127.0.0.1:${port}`;
  const service = await startService({
    name: 'prometheus',
    script: await prometheusServer(),
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${path.join(stack.dataFolder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(takesOtlp ? ['--web.enable-otlp-receiver'] : []),
    ],
    stack,
    ready: { url: `${url}/-/ready` },
  });
  return {
    url,
    otlpUrl: `${url}/api/v1/otlp/v1/metrics`,
    query: async (expression) => samplesOf(await read(url, `query?query=${encodeURIComponent(expression)}`)),
    alerts: async () => alertsOf(await read(url, 'alerts')),
    stop: () => service.stop(),
  };
}

async function read(url: string, question: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${question}`);
  const { status, data, error } = (await response.json()) as {
    readonly status: string;
    readonly data?: unknown;
    readonly error?: string;
  };
  if (status !== 'success') throw new Error(`${question}: ${error}`);
  return data;
}

function samplesOf(data: unknown): readonly Sample[] {
  const { result } = data as {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
  return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

function alertsOf(data: unknown): readonly Alert[] {
  const { alerts } = data as { readonly alerts: readonly Omit<Alert, 'name'>[] };
  return alerts.map((alert) => ({ ...alert, name: alert.labels['alertname'] ?? '' }));
}
