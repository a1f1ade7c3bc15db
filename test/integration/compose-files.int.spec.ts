import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { composeTool } from '../harness/operations-tools.js';

const run = promisify(execFile);
const servers = 'deploy/compose.yaml';
const whole = 'deploy/compose.whole.yaml';

// The first run on a machine builds docker compose.
jest.setTimeout(900_000);

/** What compose makes of its files: addresses absolute, variables filled in, everything in its long form. */
interface Project {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly command: readonly string[] | null;
        readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
        readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
        readonly read_only?: boolean;
        readonly ports?: readonly { readonly host_ip: string; readonly published: string }[];
        readonly volumes?: readonly { readonly source: string; readonly target: string }[];
      }
    >
  >;
  readonly configs?: Readonly<Record<string, { readonly content: string }>>;
}

let compose: string;
let folder: string;

beforeAll(async () => {
  compose = await composeTool();
  folder = await mkdtemp(path.join(tmpdir(), 'skald-compose-files-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function project(
  files: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const args = files.flatMap((file) => ['-f', path.resolve(file)]);
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await run(compose, [...args, 'config', '--format', 'json'], options);
  return JSON.parse(stdout) as Project;
}

/** Broker and database together with the whole after `change`. */
async function changed(change: (text: string) => string): Promise<Project> {
  const text = await readFile(whole, 'utf8');
  const other = change(text);
  expect(other).not.toBe(text);
  const file = path.join(folder, 'changed.yaml');
  await writeFile(file, other);
  return project([servers, file]);
}

describe('broker and database as compose reads them', () => {
  it('listen on this machine only, where they are told to', async () => {
    const { services } = await project([servers], { KAFKA_PORT: '19999' });

    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.map((port) => port.published)).toEqual(['19999', '5432']);
    expect(new Set(ports.map((port) => port.host_ip))).toEqual(new Set(['127.0.0.1']));
  });

  it('say when they can be used', async () => {
    const { services } = await project([servers]);

    for (const service of Object.values(services)) expect(service.healthcheck?.test).toBeDefined();
  });
});

describe('the whole as compose reads it', () => {
  it('starts participants after the coordinator, and that after its servers', async () => {
    const { services } = await project([servers, whole]);

    expect(services['storefront']!.depends_on).toMatchObject({
      coordinator: { condition: 'service_healthy' },
    });
    expect(services['coordinator']!.depends_on).toMatchObject({
      broker: { condition: 'service_healthy' },
      database: { condition: 'service_healthy' },
    });
  });

  it('asks the coordinator whether it is ready', async () => {
    const { services } = await project([servers, whole]);
    const [how, program, ...args] = services['coordinator']!.healthcheck!.test!;
    const coordinator = createServer(({ url }, response) => {
      response.statusCode = url === '/health/ready' ? 200 : 404;
      response.end();
    });
    await once(coordinator.listen(0, '127.0.0.1'), 'listening');
    const { port } = coordinator.address() as AddressInfo;
    const ask = () =>
      run(
        program!,
        args.map((text) => text.replace('8080', String(port))),
      );

    expect([how, program]).toEqual(['CMD', 'node']);
    await expect(ask()).resolves.toBeDefined();
    coordinator.close();
    await expect(ask()).rejects.toMatchObject({ code: 1 });
  });

  it('lets none of our containers write', async () => {
    const { services } = await project([servers, whole]);

    for (const name of ['coordinator', 'inventory', 'payment', 'shipping', 'storefront'])
      expect(services[name]!.read_only).toBe(true);
  });

  it('gives Prometheus the rules and Grafana the dashboard', async () => {
    const { services, configs } = await project([servers, whole]);
    const given = (name: string): readonly string[] =>
      services[name]!.volumes!.map(({ source, target }) => `${path.relative('.', source)} ${target}`);

    expect(given('prometheus')).toEqual(['deploy/helm/skald/files/rules.yaml /etc/prometheus/rules.yaml']);
    expect(parse(configs!['prometheus']!.content)).toMatchObject({ rule_files: ['rules.yaml'] });
    expect(given('grafana')).toEqual(['deploy/dashboards /var/lib/grafana/dashboards']);
    expect(parse(configs!['dashboards']!.content)).toMatchObject({
      providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
    });
  });
});

describe('a whole that compose cannot read', () => {
  it.each([
    ['a service that is not there', 'depends_on: [prometheus]', 'depends_on: [prometheu]', 'prometheu'],
    ['a word compose does not know', 'read_only: true', 'readonly: true', 'readonly'],
    ['a config that is not there', 'source: datasources', 'source: datasource', 'datasource'],
  ])('is refused: %s', async (_, from, to, message) => {
    const refused = changed((text) => text.replace(from, to));

    await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining(message) });
  });
});
