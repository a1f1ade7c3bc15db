import { readFileSync } from 'node:fs';
import { SagaError } from '#libs/messaging';

/** How to reach a Kafka cluster. */
export interface KafkaOptions {
  /** Addresses to begin with, `host:port`; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Name of this process in the broker's logs and quotas. */
  readonly clientId: string;
  /** TLS: `true` trusts what the machine trusts. Default: none. */
  readonly ssl?: true | KafkaTls;
  readonly sasl?: KafkaSasl;
  /** Milliseconds to wait for a connection. Default 3,000. */
  readonly connectionTimeoutMs?: number;
}

/** Certificates as PEM text, looked up for each new connection: they may change. */
export interface KafkaTls {
  readonly ca?: string;
  /** Certificate and key of this client, both or none. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** Name to expect in the broker's certificate instead of the host's. */
  readonly servername?: string;
}

/** How this client proves who it is. Names and passwords are looked up for each new connection: they may change. */
export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
      /** They change while the process runs: what the broker refuses now it may accept in a minute. */
      readonly isRotated?: boolean;
    }
  /** `token` is called for each connection and again before a session ends. */
  | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> };

/** The connection options are wrong: lists every mistake, with the values that are possible. */
export class KafkaOptionsError extends SagaError {
  override readonly code = 'KAFKA_OPTIONS_INVALID';
  override readonly retryable = false;

  constructor(readonly problems: readonly string[]) {
    super(`the Kafka connection is not configured correctly: ${problems.join('; ')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

/**
 * Reads the connection options from environment variables.
 *
 * `KAFKA_BROKERS` (host:port, separated by commas; required), `KAFKA_CLIENT_ID`, `KAFKA_SSL` (true or false; implied by
 * the following), `KAFKA_SSL_CA`, `KAFKA_SSL_CERT`, `KAFKA_SSL_KEY` (PEM text or the path of a file),
 * `KAFKA_SSL_PASSPHRASE`, `KAFKA_SSL_SERVERNAME`, `KAFKA_SASL_MECHANISM`, `KAFKA_SASL_USERNAME`, `KAFKA_SASL_PASSWORD`,
 * `KAFKA_SASL_TOKEN`, `KAFKA_CONNECTION_TIMEOUT_MS`. `KAFKA_SASL_USERNAME_FILE`, `KAFKA_SASL_PASSWORD_FILE` and
 * `KAFKA_SASL_TOKEN_FILE` name files instead. Files are read again for each new connection.
 *
 * @throws KafkaOptionsError which names every variable that is wrong, not only the first.
 */
export function kafkaOptionsFromEnv(env: Environment, defaultClientId = 'skald'): KafkaOptions {
  const problems: string[] = [];
  const brokers = readBrokers(env, problems);
  const ssl = readTls(env, problems);
  const sasl = readSasl(env, problems);
  const connectionTimeoutMs = readMilliseconds(env, 'KAFKA_CONNECTION_TIMEOUT_MS', problems);
  if (problems.length > 0) throw new KafkaOptionsError(problems);
  return {
    brokers,
    clientId: text(env, 'KAFKA_CLIENT_ID') ?? defaultClientId,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(connectionTimeoutMs === undefined ? {} : { connectionTimeoutMs }),
  };
}

function readBrokers(env: Environment, problems: string[]): readonly string[] {
  const brokers = (text(env, 'KAFKA_BROKERS') ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  if (brokers.length === 0) problems.push('KAFKA_BROKERS is missing: host:port, several separated by commas');
  for (const broker of brokers) {
    const port = Number(/^(?:\[[0-9a-f:]+\]|[^\s:/]+):(\d{1,5})$/i.exec(broker)?.[1] ?? 0);
    if (port < 1 || port > 65_535) problems.push(`KAFKA_BROKERS has "${broker}", which is not host:port`);
  }
  return brokers;
}

function readTls(env: Environment, problems: string[]): true | KafkaTls | undefined {
  const wanted = readBoolean(env, 'KAFKA_SSL', problems);
  const tls: KafkaTls = lookedUp({
    ca: readPem(env, 'KAFKA_SSL_CA', problems),
    cert: readPem(env, 'KAFKA_SSL_CERT', problems),
    key: readPem(env, 'KAFKA_SSL_KEY', problems),
    passphrase: fixed(text(env, 'KAFKA_SSL_PASSPHRASE')),
    servername: fixed(text(env, 'KAFKA_SSL_SERVERNAME')),
  });
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    problems.push('KAFKA_SSL_CERT and KAFKA_SSL_KEY belong together: set both or none');
  }
  if (Object.keys(tls).length === 0) return wanted === true ? true : undefined;
  if (wanted === false)
    problems.push('KAFKA_SSL is false, but other KAFKA_SSL_ variables are set: remove one or the other');
  return tls;
}

function readSasl(env: Environment, problems: string[]): KafkaSasl | undefined {
  const named = text(env, 'KAFKA_SASL_MECHANISM')?.toLowerCase();
  const username = readCredential(env, 'KAFKA_SASL_USERNAME', problems);
  const password = readCredential(env, 'KAFKA_SASL_PASSWORD', problems);
  if (named === undefined) {
    if (username !== undefined || password !== undefined) {
      problems.push(`KAFKA_SASL_MECHANISM is missing: one of ${mechanisms.join(', ')}`);
    }
    return undefined;
  }
  const mechanism = mechanisms.find((candidate) => candidate === named);
  if (mechanism === undefined) {
    problems.push(`KAFKA_SASL_MECHANISM is "${named}": it has to be one of ${mechanisms.join(', ')}`);
    return undefined;
  }
  if (mechanism === 'oauthbearer') return readToken(env, problems);
  if (username === undefined || password === undefined) {
    problems.push(`KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are needed for ${mechanism}`);
    return undefined;
  }
  const isRotated = text(env, 'KAFKA_SASL_PASSWORD_FILE') === undefined ? undefined : true;
  return lookedUp({ mechanism: fixed(mechanism), username, password, isRotated: fixed(isRotated) });
}

/** The value of a variable, or what stands in the file that `<name>_FILE` names. */
function readCredential(env: Environment, name: string, problems: string[]): Lookup<string> {
  const value = text(env, name);
  const file = text(env, `${name}_FILE`);
  if (file === undefined) return fixed(value);
  if (value !== undefined) problems.push(`${name} and ${name}_FILE are both set: remove one of them`);
  if (readFile(file, `${name}_FILE`, problems) === undefined) return fixed('');
  return () => readFileSync(file, 'utf8').trim();
}

/** Answers a value each time it is needed; absent where there is none. */
type Lookup<T> = (() => T) | undefined;

function fixed<T>(value: T | undefined): Lookup<T> {
  return value === undefined ? undefined : () => value;
}

/** An object whose fields are looked up whenever they are read. */
function lookedUp<T extends object>(fields: {
  readonly [K in keyof T]: Lookup<Exclude<T[K], undefined>>;
}): T {
  const object = {};
  for (const [name, get] of Object.entries<Lookup<unknown>>(fields))
    if (get !== undefined) Object.defineProperty(object, name, { get, enumerable: true });
  return object as T;
}

function readToken(env: Environment, problems: string[]): KafkaSasl | undefined {
  const token = text(env, 'KAFKA_SASL_TOKEN');
  const file = text(env, 'KAFKA_SASL_TOKEN_FILE');
  if (file !== undefined) {
    readFile(file, 'KAFKA_SASL_TOKEN_FILE', problems);
    return { mechanism: 'oauthbearer', token: () => Promise.resolve(readFileSync(file, 'utf8').trim()) };
  }
  if (token !== undefined) return { mechanism: 'oauthbearer', token: () => Promise.resolve(token) };
  problems.push('KAFKA_SASL_TOKEN or KAFKA_SASL_TOKEN_FILE is needed for oauthbearer');
  return undefined;
}

function readPem(env: Environment, name: string, problems: string[]): Lookup<string> {
  const value = text(env, name);
  if (value === undefined || value.includes('-----BEGIN ')) return fixed(value);
  const pem = readFile(value, name, problems);
  if (pem !== undefined && !pem.includes('-----BEGIN '))
    problems.push(`${name} is neither PEM text nor the path of a PEM file`);
  return pem === undefined ? undefined : () => readFileSync(value, 'utf8');
}

function readFile(path: string, name: string, problems: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    problems.push(`${name} names a file that cannot be read: ${path}`);
    return undefined;
  }
}

function readBoolean(env: Environment, name: string, problems: string[]): boolean | undefined {
  const value = text(env, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value === 'true' || value === 'false') return value === 'true';
  problems.push(`${name} is "${value}": it has to be true or false`);
  return undefined;
}

function readMilliseconds(env: Environment, name: string, problems: string[]): number | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(value)) problems.push(`${name} is "${value}": it has to be whole milliseconds`);
  return Number(value);
}

function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}
