import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import {
  freePorts,
  startLocalStack,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { CoordinatorApi } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';

/** The part of a compose file that is looked at. */
interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly command?: readonly string[];
        readonly environment?: Readonly<Record<string, string>>;
        readonly volumes?: readonly string[];
        readonly configs?: readonly { readonly source: string }[];
      }
    >
  >;
  readonly configs?: Readonly<Record<string, { readonly content: string }>>;
}

jest.setTimeout(120_000);

let whole: Compose;

beforeAll(async () => {
  whole = parse(await readFile('deploy/compose.whole.yaml', 'utf8'), { merge: true }) as Compose;
});

describe('containers of the whole', () => {
  it('are given files that are there', () => {
    for (const { volumes = [], configs = [] } of Object.values(whole.services)) {
      for (const volume of volumes) expect(existsSync(path.join('deploy', volume.split(':')[0]!))).toBe(true);
      for (const { source } of configs) expect(parse(whole.configs![source]!.content)).toBeInstanceOf(Object);
    }
  });
});

describe('our own containers, run as processes with the commands and variables they are given', () => {
  let stack: LocalStack;
  let url: string;
  const running: ServiceProcess[] = [];

  beforeAll(async () => {
    stack = await startLocalStack({
      dataFolder: await mkdtemp(path.join(tmpdir(), 'skald-compose-')),
      ownProcesses: true,
    });
    const [port] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    // Only addresses differ from what compose gives them.
    const here = {
      KAFKA_BROKERS: stack.kafkaBrokers.join(),
      DATABASE_URL: stack.databaseUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
    };
    const run = async (
      name: string,
      env: Readonly<Record<string, string>>,
      ready: () => Promise<boolean>,
    ) => {
      const { command = ['dist/apps/coordinator/src/main.js'], environment = {} } = whole.services[name]!;
      const [script, ...args] = command;
      running.push(
        await startService({
          name,
          script: script!,
          args,
          stack,
          env: { ...environment, ...here, ...env },
          ready,
        }),
      );
    };
    const definitions = whole.services['coordinator']!.volumes![0]!.split(':')[0]!;
    const coordinator = { PORT: String(port), SKALD_DEFINITIONS: path.resolve('deploy', definitions) };
    await run('coordinator', coordinator, async () => (await fetch(`${url}/health/ready`)).ok);
    for (const name of ['inventory', 'payment', 'shipping', 'storefront'])
      await run(name, {}, async () => true);
  }, 120_000);

  afterAll(async () => {
    for (const service of running.toReversed()) await service.stop();
    await stack?.discard();
  });

  it('sell', async () => {
    const completed = await eventually('orders to be completed', async () => {
      const found = await new CoordinatorApi(url).list('status=completed');
      return found.length >= 5 && found;
    });

    expect(completed[0]).toMatchObject({ definition: 'order-fulfilment' });
  });
});
