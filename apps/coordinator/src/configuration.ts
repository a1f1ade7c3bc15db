import { hostname } from 'node:os';
import { KafkaOptionsError, kafkaOptionsFromEnv, type KafkaOptions } from '#libs/kafka';
import {
  defaultMaxValueBytes,
  traceStarts,
  type Keyring,
  type SigningKey,
  type TraceStart,
} from '#libs/messaging';
import { defaultLaneSettings, type HousekeepingSettings, type LaneSettings } from '#libs/orchestration';
import type { LogLevel } from '#libs/observability';
import { databaseAddressFromEnv, DatabaseAddressError, type DatabaseAddress } from '#libs/postgres';
import { EnvironmentReader, type Environment } from './environment.js';
import { checkProfile } from './profile.js';

/** Settings of a coordinator process, validated. Its README has the table of variables. */
export interface Configuration {
  readonly installation: string;
  readonly keyring: Keyring;
  readonly databaseUrl: DatabaseAddress;
  readonly kafka: KafkaOptions;
  /** Name of this process in lane rows and logs. */
  readonly owner: string;
  readonly host: string;
  readonly port: number;
  /** Folder of definitions to publish at start. */
  readonly definitionsFolder?: string;
  /** Folder with a file for each secret that definitions name. */
  readonly secretsFolder?: string;
  /** Migrates and installs by itself; for development. */
  readonly autoInstall: boolean;
  /** Used when it installs by itself; fixed from then on. */
  readonly homePartitions: number;
  readonly topics: TopicSettings;
  readonly maxBodyBytes: number;
  readonly maxValueBytes: number;
  /** How long an API call waits for its answer before it says 202. */
  readonly answerMs: number;
  readonly lanes: LaneSettings;
  /** Records waiting in a home partition above which gates hold back new starts. */
  readonly backlogLimit: number;
  /** Silence after which the group gives the partitions of this process to others. */
  readonly sessionTimeoutMs: number;
  /** How long it is kept what happened to sagas, and what came of them. */
  readonly keep: Pick<HousekeepingSettings, 'keepHistoryMs' | 'keepArchiveMs'>;
  /** Whether a repair by a person needs a reason and a failure mode. */
  readonly asksForNotes: boolean;
  readonly logLevel: LogLevel;
  /** How traces of sagas go on from the messages that start them, and which headers of events are kept in them. */
  readonly traces: { readonly start: TraceStart; readonly headers: readonly string[] };
}

/** How missing command and event topics are treated when definitions are published. */
export interface TopicSettings {
  readonly create: boolean;
  readonly partitions: number;
  /** Absent: the broker's default. */
  readonly replication?: number;
}

const shortestSecret = 16;
const dayMs = 86_400_000;

/** Reads the settings from the environment. @throws ConfigurationError listing everything that is wrong. */
export function readConfiguration(environment: Environment): Configuration {
  const reader = new EnvironmentReader(environment);
  const folder = reader.optional('SKALD_DEFINITIONS');
  const secrets = reader.optional('SKALD_SECRETS');
  const configuration: Configuration = {
    installation: reader.optional('SKALD_INSTALLATION') ?? 'skald',
    keyring: readKeyring(reader),
    databaseUrl: readDatabaseUrl(reader, environment),
    kafka: readKafka(reader, environment, 'skald-coordinator'),
    owner: reader.optional('SKALD_OWNER') ?? `${hostname()}/${process.pid}`,
    host: reader.optional('HOST') ?? '0.0.0.0',
    port: reader.integer('PORT', 8080, 0, 65_535),
    ...(folder === undefined ? {} : { definitionsFolder: folder }),
    ...(secrets === undefined ? {} : { secretsFolder: secrets }),
    autoInstall: reader.flag('SKALD_AUTO_INSTALL', false),
    asksForNotes: reader.flag('SKALD_ASK_FOR_FAILURE_MODE', false),
    homePartitions: reader.integer('SKALD_HOME_PARTITIONS', 12, 1, 4_096),
    topics: readTopics(reader),
    maxBodyBytes: reader.integer('SKALD_MAX_BODY_BYTES', 1_000_000, 1_000, 100_000_000),
    maxValueBytes: reader.integer('SKALD_MAX_VALUE_BYTES', defaultMaxValueBytes, 1_000, 100_000_000),
    answerMs: reader.integer('SKALD_ANSWER_MS', 5_000, 0, 60_000),
    lanes: readLanes(reader),
    backlogLimit: reader.integer('SKALD_BACKLOG_LIMIT', 2_000, 1, 10_000_000),
    sessionTimeoutMs: reader.integer('SKALD_SESSION_TIMEOUT_MS', 15_000, 3_000, 300_000),
    keep: {
      keepHistoryMs: reader.integer('SKALD_HISTORY_DAYS', 90, 1, 3_650) * dayMs,
      keepArchiveMs: reader.integer('SKALD_ARCHIVE_DAYS', 365, 1, 3_650) * dayMs,
    },
    logLevel: reader.choice<LogLevel>('SKALD_LOG_LEVEL', 'info', ['debug', 'info', 'warn', 'error']),
    traces: {
      start: reader.choice<TraceStart>('SKALD_TRACE_START', 'join', traceStarts),
      headers: (reader.optional('SKALD_TRACE_HEADERS') ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    },
  };
  checkProfile(reader, environment, configuration);
  reader.assertValid();
  return configuration;
}

/** `secret`, or several as `id:secret,id2:secret2`: the first one signs, all of them are accepted. */
export function readKeyring(reader: EnvironmentReader): Keyring {
  const text = reader.required(
    'SKALD_SECRET',
    `the secret that signs what only the coordinator may write, ${shortestSecret} characters or more`,
  );
  const keys = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(signingKey);
  for (const { id, secret } of keys) {
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
      // Not shown: somebody may have put a colon into a secret without an id.
      reader.problem(
        'SKALD_SECRET: what stands before the colon is the id of a secret: letters, digits, _ and -, at most 32',
      );
    }
    if (secret.length < shortestSecret)
      reader.problem(`SKALD_SECRET: the secret with id ${id} is shorter than ${shortestSecret} characters`);
  }
  if (new Set(keys.map((key) => key.id)).size < keys.length)
    reader.problem('SKALD_SECRET names two secrets with the same id');
  return { keys };
}

function signingKey(text: string): SigningKey {
  const colon = text.indexOf(':');
  return colon < 0
    ? { id: '1', secret: text.trim() }
    : { id: text.slice(0, colon).trim(), secret: text.slice(colon + 1).trim() };
}

/** Where the tables are. */
export function readDatabaseUrl(reader: EnvironmentReader, environment: Environment): DatabaseAddress {
  try {
    return databaseAddressFromEnv(environment);
  } catch (error) {
    if (!(error instanceof DatabaseAddressError)) throw error;
    for (const problem of error.problems) reader.problem(problem);
    return '';
  }
}

/** How the broker is reached; `clientId` unless the environment names one. */
export function readKafka(
  reader: EnvironmentReader,
  environment: Environment,
  clientId: string,
): KafkaOptions {
  try {
    return kafkaOptionsFromEnv(environment, clientId);
  } catch (error) {
    if (!(error instanceof KafkaOptionsError)) throw error;
    for (const problem of error.problems) reader.problem(problem);
    return { brokers: [], clientId: '' };
  }
}

function readLanes(reader: EnvironmentReader): LaneSettings {
  return {
    ...defaultLaneSettings,
    batchRecords: reader.integer('SKALD_BATCH_RECORDS', defaultLaneSettings.batchRecords, 1, 5_000),
    cycleMs: reader.integer('SKALD_CYCLE_MS', 4, 0, 1_000),
    queueRecords: reader.integer('SKALD_QUEUE_RECORDS', defaultLaneSettings.queueRecords, 10, 100_000),
    cachedSagas: reader.integer('SKALD_CACHED_SAGAS', defaultLaneSettings.cachedSagas, 0, 10_000_000),
    stateBytes: reader.integer('SKALD_MAX_STATE_BYTES', defaultLaneSettings.stateBytes, 1_000, 100_000_000),
    messageBytes: reader.integer(
      'SKALD_MAX_VALUE_BYTES',
      defaultLaneSettings.messageBytes,
      1_000,
      100_000_000,
    ),
  };
}

function readTopics(reader: EnvironmentReader): TopicSettings {
  const replication = reader.integer('SKALD_TOPIC_REPLICATION', 0, 1, 15);
  return {
    create: reader.flag('SKALD_TOPICS_CREATE', true),
    partitions: reader.integer('SKALD_TOPIC_PARTITIONS', 12, 1, 1_000),
    ...(replication === 0 ? {} : { replication }),
  };
}
