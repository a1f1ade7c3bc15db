import { readFileSync } from 'node:fs';
import type { HttpSettings, HttpTls } from '#libs/http-bridge';
import type { KafkaOptions } from '#libs/kafka';
import type { LogLevel } from '#libs/observability';
import type { DatabaseAddress } from '#libs/postgres';
import { readDatabaseUrl, readKafka } from './configuration.js';
import { EnvironmentReader, type Environment } from './environment.js';
import { checkProfile } from './profile.js';

/** Settings of a bridge process, validated. The README of the coordinator has the table of variables. */
export interface BridgeConfiguration {
  readonly databaseUrl: DatabaseAddress;
  readonly kafka: KafkaOptions;
  readonly host: string;
  readonly port: number;
  readonly secretsFolder?: string;
  readonly http: HttpSettings;
  /** Whether participants are called whose addresses have no TLS. */
  readonly allowsOpen: boolean;
  /** Calls of one participant at the same time. */
  readonly calls: number;
  readonly sessionTimeoutMs: number;
  readonly logLevel: LogLevel;
}

/** Reads the settings from the environment. @throws ConfigurationError listing everything that is wrong. */
export function readBridgeConfiguration(environment: Environment): BridgeConfiguration {
  const reader = new EnvironmentReader(environment);
  const secretsFolder = reader.optional('SKALD_SECRETS');
  const calls = reader.integer('SKALD_HTTP_CALLS', 32, 1, 10_000);
  const connections = {
    databaseUrl: readDatabaseUrl(reader, environment),
    kafka: readKafka(reader, environment, 'skald-http-bridge'),
  };
  const configuration: BridgeConfiguration = {
    ...connections,
    allowsOpen: checkProfile(reader, environment, connections) === 'development',
    host: reader.optional('HOST') ?? '0.0.0.0',
    port: reader.integer('PORT', 8080, 0, 65_535),
    ...(secretsFolder === undefined ? {} : { secretsFolder }),
    http: {
      timeoutMs: reader.integer('SKALD_HTTP_TIMEOUT_MS', 30_000, 1, 3_600_000),
      maxBodyBytes: reader.integer('SKALD_HTTP_MAX_ANSWER_BYTES', 1_000_000, 1_000, 100_000_000),
      connections: calls,
      tls: readTls(reader),
    },
    calls,
    sessionTimeoutMs: reader.integer('SKALD_SESSION_TIMEOUT_MS', 15_000, 3_000, 300_000),
    logLevel: reader.choice<LogLevel>('SKALD_LOG_LEVEL', 'info', ['debug', 'info', 'warn', 'error']),
  };
  reader.assertValid();
  return configuration;
}

function readTls(reader: EnvironmentReader): HttpTls {
  const ca = readPem(reader, 'SKALD_HTTP_CA');
  const certificate = readPem(reader, 'SKALD_HTTP_CERT');
  const key = readPem(reader, 'SKALD_HTTP_KEY');
  if ((certificate === undefined) !== (key === undefined))
    reader.problem('SKALD_HTTP_CERT and SKALD_HTTP_KEY belong together: one of them is missing');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

/** PEM text, or the path of a file of it. */
function readPem(reader: EnvironmentReader, name: string): string | undefined {
  const text = reader.optional(name);
  if (text === undefined || text.startsWith('-----BEGIN')) return text;
  try {
    return readFileSync(text, 'utf8');
  } catch {
    reader.problem(`${name} names the file "${text}", which cannot be read`);
    return undefined;
  }
}
