import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.js';
import { freePorts } from './free-ports.js';
import type { BrokerHandle, PostgresHandle } from './handles.js';
import { kafkaAnswers } from './kafka-ready.js';
import { LocalStackError } from './local-stack-error.js';
import { notControllable } from './given.js';
import { postgresAnswers } from './postgres-ready.js';
import { repositoryFolder } from './repository.js';
import { ON_END } from './run-folder.js';
import type { Folders } from './settings.js';

const SERVICES = { kafka: 'broker', postgres: 'database' } as const;

/** The servers that containers can bring. */
export type ContainerPart = keyof typeof SERVICES;

/** True when a container engine with compose answers within three seconds. */
export async function engineAnswers(): Promise<boolean> {
  const [engine, compose] = await Promise.all([
    runCommand('docker', ['info'], { timeoutMs: 3_000 }),
    runCommand('docker', ['compose', 'version'], { timeoutMs: 3_000 }),
  ]);
  return engine.status === 0 && compose.status === 0;
}

/** True when the engine has the images, or gets them within a minute. */
export async function imagesReady(
  parts: readonly ContainerPart[],
  onProgress: (line: string) => void,
): Promise<boolean> {
  onProgress('containers: looking for the images of broker and database');
  const services = parts.map((part) => SERVICES[part]);
  const file = path.join(repositoryFolder(), 'deploy', 'compose.yaml');
  const pull = ['compose', '-f', file, 'pull', '--quiet', '--policy', 'missing', ...services];
  return (await runCommand('docker', pull, { timeoutMs: 60_000 })).status === 0;
}

/** Containers that belong to one stack. */
export interface Containers {
  readonly broker: BrokerHandle;
  readonly postgres: PostgresHandle;
  stop(): Promise<void>;
}

/** Starts the containers of the parts that are wanted and waits until they answer. */
export async function startContainers(
  folders: Folders,
  wanted: { readonly parts: readonly ContainerPart[]; readonly project: string; readonly fresh: boolean },
  onProgress: (line: string) => void,
): Promise<Containers> {
  const [kafkaPort, postgresPort] = await freePorts(2);
  const compose = new Compose(wanted.project, {
    KAFKA_PORT: String(kafkaPort),
    POSTGRES_PORT: String(postgresPort),
  });
  await writeFile(path.join(folders.run, ON_END), compose.downScript());
  await compose.down(wanted.fresh);
  onProgress(`containers: starting ${wanted.parts.join(' and ')}`);
  const containers: Containers = {
    broker: new BrokerContainer(compose, `127.0.0.1:${kafkaPort}`),
    postgres: new PostgresContainer(compose, `postgres://postgres:skald@127.0.0.1:${postgresPort}/skald`),
    stop: async () => {
      const logs = await compose.tryRun(['logs', '--no-color', '--timestamps']);
      await writeFile(path.join(folders.logs, 'containers.log'), logs.output);
      await compose.down(false);
    },
  };
  try {
    await compose.run(['up', '-d', ...wanted.parts.map((part) => SERVICES[part])], 120_000);
    if (wanted.parts.includes('kafka')) await containers.broker.start();
    if (wanted.parts.includes('postgres')) await containers.postgres.start();
  } catch (error) {
    await containers.stop();
    throw error;
  }
  return containers;
}

class Compose {
  constructor(
    private readonly project: string,
    private readonly ports: Readonly<Record<string, string>>,
  ) {}

  tryRun(args: readonly string[], timeoutMs = 60_000): ReturnType<typeof runCommand> {
    return runCommand('docker', [...this.prefix(), ...args], {
      timeoutMs,
      env: { ...process.env, ...this.ports },
    });
  }

  async run(args: readonly string[], timeoutMs?: number): Promise<void> {
    const result = await this.tryRun(args, timeoutMs);
    if (result.status !== 0)
      throw new LocalStackError('START_FAILED', `docker compose ${args.join(' ')}:\n${result.output}`);
  }

  down(withData: boolean): Promise<void> {
    return this.run(['down', '--timeout', '20', ...(withData ? ['--volumes'] : [])]);
  }

  downScript(): string {
    const words = ['docker', ...this.prefix(), 'down', '--timeout', '20'];
    return `${words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')}\n`;
  }

  private prefix(): readonly string[] {
    return ['compose', '-p', this.project, '-f', path.join(repositoryFolder(), 'deploy', 'compose.yaml')];
  }
}

class BrokerContainer implements BrokerHandle {
  readonly listeners: Readonly<Record<string, string>>;
  readonly pid = undefined;

  constructor(
    private readonly compose: Compose,
    readonly address: string,
  ) {
    this.listeners = { PLAINTEXT: address };
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.compose.run(['kill', '-s', signal, SERVICES.kafka]);
  }

  async start(): Promise<void> {
    await this.compose.run(['start', SERVICES.kafka]);
    await kafkaAnswers({ brokers: [this.address], expectedBrokers: 1, timeoutMs: 60_000 });
  }

  freeze(): Promise<void> {
    return this.compose.run(['pause', SERVICES.kafka]);
  }

  thaw(): Promise<void> {
    return this.compose.run(['unpause', SERVICES.kafka]);
  }
}

class PostgresContainer implements PostgresHandle {
  readonly pid = undefined;

  constructor(
    private readonly compose: Compose,
    readonly databaseUrl: string,
  ) {}

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.compose.run(['kill', '-s', signal, SERVICES.postgres]);
  }

  async start(): Promise<void> {
    await this.compose.run(['start', SERVICES.postgres]);
    await postgresAnswers(this.databaseUrl, 60_000);
  }

  freeze(): Promise<void> {
    return this.compose.run(['pause', SERVICES.postgres]);
  }

  thaw(): Promise<void> {
    return this.compose.run(['unpause', SERVICES.postgres]);
  }

  takeCopy(): Promise<never> {
    return notControllable('a database in a container cannot be rewound: ask for processes of your own');
  }

  restore(): Promise<never> {
    return notControllable('a database in a container cannot be rewound: ask for processes of your own');
  }
}
