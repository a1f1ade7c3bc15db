import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { databaseAddressFromEnv, migrate, PostgresStores } from '#libs/postgres';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';
import { makeCertificates, signCertificate } from '../harness/certificates.js';
import { securedPostgres, type SecuredPostgres } from '../harness/secured-postgres.js';

jest.setTimeout(60_000);

const password = 'not-a-secret-of-anybody';

let secured: SecuredPostgres;
let stack: LocalStack;
let admin: pg.Client;

beforeAll(async () => {
  secured = await securedPostgres();
  stack = await startLocalStack({
    dataFolder: path.join(secured.folder, 'stack'),
    ownProcesses: true,
    brokers: 0,
    postgresSettings: secured.postgresSettings,
  });
  admin = new pg.Client({ connectionString: stack.databaseUrl });
  await admin.connect();
  await admin.query(`create role skald login password '${password}'`);
  await admin.query('create role certified login in role skald');
  await admin.query('grant create on database skald to skald');
  await admin.query('grant create on schema public to skald');
}, 120_000);

afterAll(async () => {
  await admin?.end();
  await stack?.discard();
  if (secured !== undefined) await rm(secured.folder, { recursive: true });
}, 60_000);

function urlOf(user: string, query = ''): string {
  const url = new URL(stack.databaseUrl);
  return `postgres://${user}@${url.host}${url.pathname}${query}`;
}

/** Connects as a user would say it, and answers how the server sees each connection. */
async function connected(env: Readonly<Record<string, string>>): Promise<readonly Record<string, unknown>[]> {
  const stores = new PostgresStores({ databaseUrl: databaseAddressFromEnv(env) });
  try {
    await stores.start();
    await stores.timeline().catch(() => 0);
    const { rows } = await admin.query<Record<string, unknown>>(
      `select usename as user, ssl, client_dn as shows from pg_stat_ssl join pg_stat_activity using (pid)
       where application_name like 'skald %' group by 1, 2, 3`,
    );
    return rows;
  } finally {
    await stores.stop();
  }
}

describe('a database that is spoken to by TLS', () => {
  it('is migrated and used with a password', async () => {
    const env = {
      DATABASE_URL: urlOf(`skald:${password}`, '?sslmode=verify-full'),
      DATABASE_SSL_CA: secured.certificates.caFile,
    };
    await migrate(databaseAddressFromEnv(env));

    expect(await connected(env)).toEqual([{ user: 'skald', ssl: true, shows: null }]);
  });

  it('is used with a certificate of our own', async () => {
    const own = await signCertificate(path.join(secured.folder, 'certificates'), 'client', 'certified');

    const seen = await connected({
      DATABASE_URL: urlOf('certified'),
      DATABASE_SSL_CA: secured.certificates.caFile,
      DATABASE_SSL_CERT: own.certificateFile,
      DATABASE_SSL_KEY: own.keyFile,
    });

    expect(seen).toEqual([{ user: 'certified', ssl: true, shows: '/CN=certified' }]);
  });

  it('is not trusted when somebody else vouches for it', async () => {
    const others = await makeCertificates(path.join(secured.folder, 'others'));
    const env = { DATABASE_URL: urlOf(`skald:${password}`), DATABASE_SSL_CA: others.caFile };

    await expect(connected(env)).rejects.toThrow(
      /connection to Postgres: the certificate of the database is not trusted .*DATABASE_SSL_CA/,
    );
  });

  it('is not trusted when nobody we know vouches for it', async () => {
    const env = { DATABASE_URL: urlOf(`skald:${password}`, '?sslmode=verify-full') };

    await expect(connected(env)).rejects.toThrow(/the certificate of the database is not trusted/);
  });

  it.each([
    ['nothing is shown', () => ({ DATABASE_URL: urlOf('certified') }), /certificate/],
    [
      'the password is wrong',
      () => ({ DATABASE_URL: urlOf('skald:wrong') }),
      /password authentication failed for user "skald"/,
    ],
  ])('lets nobody in when %s', async (_, env, message) => {
    await expect(connected({ ...env(), DATABASE_SSL_CA: secured.certificates.caFile })).rejects.toThrow(
      message,
    );
  });

  it('lets nobody in who speaks openly', async () => {
    await expect(connected({ DATABASE_URL: urlOf(`skald:${password}`) })).rejects.toThrow(/no encryption/);
  });
});
