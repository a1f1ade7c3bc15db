import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  brokerProperties,
  formatProperties,
  type Address,
  type BrokerListener,
  type BrokerPlan,
} from './broker-properties.js';
import { runCommand } from './command.js';
import { freePorts, onFreePorts } from './free-ports.js';
import type { BrokerHandle } from './handles.js';
import { kafkaJars, KAFKA_VERSION } from './kafka-download.js';
import { kafkaAnswers } from './kafka-ready.js';
import { LocalStackError } from './local-stack-error.js';
import { launch, type OwnedProcess } from './owned-process.js';
import type { Folders, KafkaSettings } from './settings.js';

const STOP_PATIENCE_MS = 20_000;

/** Brokers that run as Java processes of this stack. */
export interface KafkaProcesses {
  readonly brokers: readonly BrokerHandle[];
  stop(): Promise<void>;
}

/** Starts one broker, or three that form a cluster, and waits until all of them answer. */
export async function startKafkaProcesses(
  folders: Folders,
  settings: KafkaSettings,
  onProgress: (line: string) => void,
): Promise<KafkaProcesses> {
  const jars = await kafkaJars(onProgress);
  const home = path.join(folders.data, `kafka-${KAFKA_VERSION}-${settings.brokers}`);
  await mkdir(home, { recursive: true });
  const around = { jars, home, folders, settings };
  onProgress(
    `kafka: starting ${settings.brokers} broker${settings.brokers === 1 ? '' : 's'} as Java process`,
  );
  return onFreePorts(() => startBrokers(around));
}

async function startBrokers(around: BrokerSurroundings): Promise<KafkaProcesses> {
  const plans = await planBrokers(around.home, around.settings);
  const clusterId = await clusterIdOf(around.home);
  const brokers = plans.map((plan) => new BrokerProcess(plan, around));
  try {
    await Promise.all(brokers.map((broker) => broker.format(clusterId)));
    for (const broker of brokers) broker.launch();
    await Promise.all(brokers.map((broker) => broker.answers()));
  } catch (error) {
    await stopAll(brokers);
    throw error;
  }
  return { brokers, stop: () => stopAll(brokers) };
}

async function stopAll(brokers: readonly BrokerProcess[]): Promise<void> {
  await Promise.all(brokers.map((broker) => broker.stop()));
}

async function planBrokers(home: string, settings: KafkaSettings): Promise<readonly BrokerPlan[]> {
  const perBroker = settings.listeners.length + 2;
  const ports = await freePorts(perBroker * settings.brokers);
  const portOf = (index: number, which: number): number => ports[index * perBroker + which] ?? 0;
  const indexes = Array.from({ length: settings.brokers }, (_, index) => index);
  const voters = indexes.map((index) => ({ nodeId: index + 1, port: portOf(index, 0) }));
  return Promise.all(
    indexes.map(async (index) => ({
      nodeId: index + 1,
      dataFolder: path.join(home, String(index + 1)),
      controllerPort: portOf(index, 0),
      voters,
      listeners: await listenersOf(settings, index, (which) => portOf(index, which + 1)),
      overrides: settings.properties,
    })),
  );
}

async function listenersOf(
  settings: KafkaSettings,
  index: number,
  portOf: (which: number) => number,
): Promise<readonly [BrokerListener, ...BrokerListener[]]> {
  const main = portOf(0);
  const extra = settings.listeners.map(async (listener, which) => {
    const bound: Address = { host: '127.0.0.1', port: portOf(which + 1) };
    const advertised = (await listener.advertise?.(bound, index)) ?? bound;
    return { name: listener.name, protocol: listener.protocol ?? 'PLAINTEXT', port: bound.port, advertised };
  });
  const first = {
    name: 'PLAINTEXT',
    protocol: 'PLAINTEXT',
    port: main,
    advertised: { host: '127.0.0.1', port: main },
  };
  return [first, ...(await Promise.all(extra))];
}

/** Drawn once a data folder: brokers refuse to join a cluster whose id is not the one they were formatted with. */
async function clusterIdOf(home: string): Promise<string> {
  const file = path.join(home, 'cluster-id');
  if (!existsSync(file)) await writeFile(file, randomBytes(16).toString('base64url'));
  return readFile(file, 'utf8');
}

interface BrokerSurroundings {
  readonly jars: string;
  readonly home: string;
  readonly folders: Folders;
  readonly settings: KafkaSettings;
}

class BrokerProcess implements BrokerHandle {
  readonly address: string;
  readonly listeners: Readonly<Record<string, string>>;
  private readonly propertiesFile: string;
  private process: OwnedProcess | undefined;

  constructor(
    private readonly plan: BrokerPlan,
    private readonly around: BrokerSurroundings,
  ) {
    this.address = `127.0.0.1:${plan.listeners[0].port}`;
    this.listeners = Object.fromEntries(
      plan.listeners.map(({ name, advertised }) => [name, `${advertised.host}:${advertised.port}`]),
    );
    this.propertiesFile = path.join(around.home, `${plan.nodeId}.properties`);
  }

  get pid(): number | undefined {
    return this.process?.isRunning() === true ? this.process.pid : undefined;
  }

  async format(clusterId: string): Promise<void> {
    await writeFile(this.propertiesFile, formatProperties(brokerProperties(this.plan)));
    if (existsSync(path.join(this.plan.dataFolder, 'meta.properties'))) return;
    const scram = this.around.settings.scramUsers.flatMap((user) => [
      '--add-scram',
      `${user.mechanism}=[name=${user.name},password=${user.password}]`,
    ]);
    const tool = ['-cp', path.join(this.around.jars, '*'), 'kafka.tools.StorageTool', 'format'];
    // One argument: one id in sixty-four begins with a hyphen and would be taken for an option.
    const args = [...tool, `--cluster-id=${clusterId}`, '--config', this.propertiesFile, ...scram];
    const result = await runCommand('java', ['-XX:TieredStopAtLevel=1', ...args], { timeoutMs: 60_000 });
    if (result.status === 0) return;
    throw new LocalStackError(
      'START_FAILED',
      `the folder of broker ${this.plan.nodeId} cannot be formatted:\n${result.output}`,
    );
  }

  launch(): void {
    const name = `broker-${this.plan.nodeId}`;
    const heap = this.around.settings.brokers === 1 ? '-Xmx768m' : '-Xmx512m';
    const jvm = [
      '-Xms256m',
      heap,
      '-XX:+UseSerialGC',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      ...(this.around.settings.isOptimised ? [] : quick),
    ];
    this.process = launch({
      name,
      command: 'java',
      args: [
        ...jvm,
        ...logFormat,
        '-cp',
        path.join(this.around.jars, '*'),
        'kafka.Kafka',
        this.propertiesFile,
      ],
      cwd: this.around.home,
      logFile: path.join(this.around.folders.logs, `${name}.log`),
      runFolder: this.around.folders.run,
      stopSignal: 'SIGTERM',
    });
  }

  /** Waits until this broker answers; a single one that cannot see its fellows does not. */
  answers(expectedBrokers = this.around.settings.brokers as number): Promise<void> {
    const question = { brokers: [this.address], expectedBrokers, timeoutMs: 60_000 };
    return kafkaAnswers(question, () => this.process?.assertRunning());
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.process?.kill(signal);
  }

  async start(): Promise<void> {
    if (this.pid === undefined) this.launch();
    await this.answers(1);
  }

  async freeze(): Promise<void> {
    this.process?.freeze();
  }

  async thaw(): Promise<void> {
    this.process?.thaw();
  }

  async stop(): Promise<void> {
    await this.process?.stop(STOP_PATIENCE_MS);
  }
}

/**
 * A broker here lives for minutes beside everything else: the optimising compiler would take half of a small machine
 * for the first of them, and pay that back long after.
 */
const quick = ['-XX:TieredStopAtLevel=1'] as const;

const logFormat = [
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss,SSS',
] as const;
