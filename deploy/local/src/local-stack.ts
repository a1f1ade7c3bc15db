import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { startContainers, type Containers } from './containers.js';
import { chooseSources, contained, type Sources } from './choose-sources.js';
import { givenBroker, givenPostgres } from './given.js';
import { startGuard, type Guard } from './guard.js';
import type { BrokerHandle, PostgresHandle } from './handles.js';
import { assertTools } from './check-tools.js';
import { startKafkaProcesses } from './kafka-process.js';
import { kafkaAnswers } from './kafka-ready.js';
import { postgresFolder, startPostgresProcess } from './postgres-process.js';
import { postgresAnswers } from './postgres-ready.js';
import type { LocalStackOptions } from './local-stack-options.js';
import { repositoryFolder } from './repository.js';
import { endLeftovers, releaseOwnership, runFolderOf, takeOwnership } from './run-folder.js';
import type { Folders, KafkaSettings } from './settings.js';
import { brokerList, type Source } from './source.js';

/** A broker and a database that answer. */
export interface LocalStack {
  readonly kafkaBrokers: readonly string[];
  readonly databaseUrl: string;
  readonly kinds: Sources;
  readonly dataFolder: string;
  readonly logsFolder: string;
  readonly brokers: readonly BrokerHandle[];
  readonly postgres: PostgresHandle;
  /** The broker with that index, from 0. Throws a RangeError when there is none. */
  broker(index: number): BrokerHandle;
  /** Lets everything run on when this process ends. The next start in the same folder ends it, as does `down`. */
  keep(): void;
  /** Stops what was started, never what was given. Safe twice. */
  stop(): Promise<void>;
  /** Stops it and removes its data folder, logs and all: for stacks that live as long as a test. */
  discard(): Promise<void>;
}

/**
 * Starts what is missing of a broker and a database and resolves when both really answer.
 *
 * Each is taken from `KAFKA_BROKERS` / `DATABASE_URL` if set, else from containers, else run as a
 * process. What is started ends with this process, however that dies; signals are the caller's to
 * handle. Throws `MissingToolError`, or `LocalStackError` with `IN_USE` while another living process
 * uses the same data folder.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const folders = foldersOf(options);
  await mkdir(folders.logs, { recursive: true });
  takeOwnership(folders.run);
  const started: (() => Promise<void>)[] = [];
  let guard: Guard | undefined;
  const stopStarted = async (): Promise<void> => {
    // Taken out first, so that a second call finds nothing to stop.
    await Promise.allSettled(started.splice(0).map((stop) => stop()));
    await guard?.release();
    releaseOwnership(folders.run);
  };
  try {
    await clean(folders, options);
    guard = startGuard(folders.run);
    const parts = await startParts(folders, options, (stop) => started.push(stop));
    return stackOf(folders, parts, stopStarted, () => keepRunning(folders, started, guard));
  } catch (error) {
    await stopStarted();
    throw error;
  }
}

interface Parts {
  readonly kinds: Sources;
  readonly brokers: readonly BrokerHandle[];
  readonly postgres: PostgresHandle;
}

type Remember = (stop: () => Promise<void>) => void;

async function startParts(folders: Folders, options: LocalStackOptions, remember: Remember): Promise<Parts> {
  const onProgress = options.onProgress ?? (() => undefined);
  const kinds = await chooseSources(options, onProgress);
  await assertTools(kinds);
  const containers = await startContained(folders, kinds, options, remember);
  // Both are waited for even when one fails, so that the one that comes later is stopped too.
  const [kafka, postgres] = await Promise.allSettled([
    startKafka(folders, kinds.kafka, containers, options, remember),
    startPostgres(folders, kinds.postgres, containers, options, remember),
  ]);
  if (kafka.status === 'rejected') throw kafka.reason;
  if (postgres.status === 'rejected') throw postgres.reason;
  return { kinds, brokers: kafka.value, postgres: postgres.value };
}

async function startContained(
  folders: Folders,
  kinds: Sources,
  options: LocalStackOptions,
  remember: Remember,
): Promise<Containers | undefined> {
  const parts = contained(kinds);
  if (parts.length === 0) return undefined;
  const project = `skald-${path
    .basename(folders.data)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')}`;
  const wanted = { parts, project, fresh: options.fresh === true };
  const containers = await startContainers(folders, wanted, options.onProgress ?? (() => undefined));
  remember(() => containers.stop());
  return containers;
}

async function startKafka(
  folders: Folders,
  source: Source,
  containers: Containers | undefined,
  options: LocalStackOptions,
  remember: Remember,
): Promise<readonly BrokerHandle[]> {
  if (options.brokers === 0) return [];
  if (source === 'container' && containers !== undefined) return [containers.broker];
  const onProgress = options.onProgress ?? (() => undefined);
  if (source === 'given') {
    const given = brokerList(process.env['KAFKA_BROKERS'] ?? '');
    onProgress(`kafka: using the brokers given, ${given.join(', ')}`);
    await kafkaAnswers({ brokers: given, expectedBrokers: 1, timeoutMs: 60_000 });
    return given.map(givenBroker);
  }
  const kafka = await startKafkaProcesses(folders, kafkaSettings(options), onProgress);
  remember(() => kafka.stop());
  onProgress(`kafka: answers at ${kafka.brokers.map((broker) => broker.address).join(', ')}`);
  return kafka.brokers;
}

async function startPostgres(
  folders: Folders,
  source: Source,
  containers: Containers | undefined,
  options: LocalStackOptions,
  remember: Remember,
): Promise<PostgresHandle> {
  if (source === 'container' && containers !== undefined) return containers.postgres;
  const onProgress = options.onProgress ?? (() => undefined);
  if (source === 'given') {
    const given = process.env['DATABASE_URL'] ?? '';
    onProgress('postgres: using the database given');
    await postgresAnswers(given, 60_000);
    return givenPostgres(given);
  }
  const postgres = await startPostgresProcess(folders, options.postgresSettings ?? {}, onProgress);
  remember(() => postgres.stop());
  onProgress(`postgres: answers at ${new URL(postgres.databaseUrl).host}`);
  return postgres;
}

function kafkaSettings(options: LocalStackOptions): KafkaSettings {
  return {
    brokers: options.brokers === 3 ? 3 : 1,
    properties: options.brokerProperties ?? {},
    listeners: options.brokerListeners ?? [],
    scramUsers: options.scramUsers ?? [],
    isOptimised: options.optimisedBroker === true,
  };
}

function foldersOf(options: LocalStackOptions): Folders {
  const data = path.resolve(options.dataFolder ?? defaultDataFolder(options.name));
  return { data, logs: path.join(data, 'logs'), run: runFolderOf(data) };
}

/** The data folder of a named stack. */
export function defaultDataFolder(name = 'default'): string {
  return path.join(repositoryFolder(), '.skald', 'local', name);
}

async function clean(folders: Folders, options: LocalStackOptions): Promise<void> {
  const ended = await endLeftovers(folders.run);
  if (ended > 0) options.onProgress?.(`ended ${ended} processes that an earlier start left behind`);
  if (options.fresh !== true) return;
  for (const home of await homesOf(folders)) await removeServers(home);
}

/** The database's data lies elsewhere when its account cannot enter the data folder. */
async function homesOf(folders: Folders): Promise<ReadonlySet<string>> {
  return new Set([await postgresFolder(folders.data), folders.data]);
}

function stackOf(folders: Folders, parts: Parts, stop: () => Promise<void>, keep: () => void): LocalStack {
  return {
    ...parts,
    kafkaBrokers: parts.brokers.map((broker) => broker.address),
    databaseUrl: parts.postgres.databaseUrl,
    dataFolder: folders.data,
    logsFolder: folders.logs,
    broker: (index) => {
      const broker = parts.brokers[index];
      if (broker === undefined) throw new RangeError(`broker ${index}: there are ${parts.brokers.length}`);
      return broker;
    },
    keep,
    stop,
    discard: async () => {
      await stop();
      for (const home of await homesOf(folders)) await rm(home, { recursive: true, force: true });
    },
  };
}

function keepRunning(folders: Folders, started: (() => Promise<void>)[], guard: Guard | undefined): void {
  started.length = 0;
  guard?.dismiss();
  releaseOwnership(folders.run);
}

async function removeServers(home: string): Promise<void> {
  for (const entry of await readdir(home)) {
    if (/^(kafka|postgres)-/.test(entry)) await rm(path.join(home, entry), { recursive: true, force: true });
  }
}
