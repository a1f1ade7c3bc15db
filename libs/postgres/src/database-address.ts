import { readFileSync } from 'node:fs';
import pg from 'pg';
import { SagaError } from '#libs/messaging';

/**
 * Where the database is: `postgres://user:password@host:port/database`, and how it is spoken to. A function is asked
 * for each new connection, so that user, password and certificates may change while the process runs.
 */
export type DatabaseAddress = string | (() => string);

/** The address is not configured correctly: lists every mistake. */
export class DatabaseAddressError extends SagaError {
  override readonly code = 'DATABASE_ADDRESS_INVALID';
  override readonly retryable = false;

  constructor(readonly problems: readonly string[]) {
    super(`the database is not configured correctly: ${problems.join('; ')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const certificates = {
  DATABASE_SSL_CA: 'sslrootcert',
  DATABASE_SSL_CERT: 'sslcert',
  DATABASE_SSL_KEY: 'sslkey',
} as const;

/**
 * Reads the address from environment variables.
 *
 * `DATABASE_URL`, or `DATABASE_URL_FILE`: the path of a file of it, read for each new connection. `DATABASE_SSL_CA`,
 * `DATABASE_SSL_CERT` and `DATABASE_SSL_KEY` are paths of PEM files, read for each new connection, too; with one of them
 * the server has to show a certificate of its name (`sslmode=verify-full`).
 *
 * @throws DatabaseAddressError which names every variable that is wrong, not only the first.
 */
export function databaseAddressFromEnv(env: Environment): DatabaseAddress {
  const problems: string[] = [];
  const parameters = readCertificates(env, problems);
  const url = text(env, 'DATABASE_URL');
  const file = text(env, 'DATABASE_URL_FILE');
  if (url !== undefined && file !== undefined)
    problems.push('DATABASE_URL and DATABASE_URL_FILE are both set: remove one of them');
  const first = url ?? (file === undefined ? undefined : readUrl(file, problems));
  if (first === undefined && problems.length === 0)
    problems.push('DATABASE_URL is missing: postgres://user:password@host:5432/database');
  // What is wrong with it is not shown: there is a password in it.
  if (first !== undefined && !(/^postgres(?:ql)?:\/\/./.test(first) && URL.canParse(first)))
    problems.push(
      `${file === undefined ? 'DATABASE_URL' : 'what DATABASE_URL_FILE names'} has to begin with postgres:// or postgresql://`,
    );
  if (problems.length > 0) throw new DatabaseAddressError(problems);
  if (file === undefined) return withParameters(first!, parameters);
  return () => withParameters(readFileSync(file, 'utf8').trim(), parameters);
}

/** What an address says now. */
export function addressNow(address: DatabaseAddress): string {
  return typeof address === 'string' ? address : address();
}

/** The client of an address: each of them asks for it when it is made. */
export function clientOf(address: DatabaseAddress): typeof pg.Client {
  return class AddressedClient extends pg.Client {
    constructor(config: pg.ClientConfig) {
      super({ ...config, connectionString: addressNow(address) });
    }
  };
}

/** Whether everybody on the way can read what is said to the database, or take its place. */
export function isPlaintext(address: string): boolean {
  const { searchParams, hostname } = new URL(address);
  if (hostname === '' || searchParams.get('host')?.startsWith('/') === true) return false;
  if (searchParams.get('uselibpqcompat') === 'true') return searchParams.get('sslmode') !== 'verify-full';
  return !['prefer', 'require', 'verify-ca', 'verify-full'].includes(searchParams.get('sslmode') ?? '');
}

function readCertificates(env: Environment, problems: string[]): readonly (readonly [string, string])[] {
  const given = Object.entries(certificates).flatMap(([name, parameter]) => {
    const file = text(env, name);
    if (file === undefined) return [];
    try {
      if (!readFileSync(file, 'utf8').includes('-----BEGIN '))
        problems.push(`${name} names a file that is not PEM: ${file}`);
    } catch {
      problems.push(`${name} names a file that cannot be read: ${file}`);
    }
    return [[parameter, file] as const];
  });
  const names = given.map(([parameter]) => parameter);
  if (names.includes('sslcert') !== names.includes('sslkey'))
    problems.push('DATABASE_SSL_CERT and DATABASE_SSL_KEY belong together: set both or none');
  return given;
}

function readUrl(file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    problems.push(`DATABASE_URL_FILE names a file that cannot be read: ${file}`);
    return undefined;
  }
}

function withParameters(address: string, parameters: readonly (readonly [string, string])[]): string {
  if (parameters.length === 0) return address;
  const url = new URL(address);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  if (!url.searchParams.has('sslmode')) url.searchParams.set('sslmode', 'verify-full');
  return url.toString();
}

function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
