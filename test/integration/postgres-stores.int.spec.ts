import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { migrate, PostgresStores, skaldDataSource } from '#libs/postgres';
import {
  definitionStoreContract,
  housekeepingStoreContract,
  installationStoreContract,
  laneStoreContract,
  operatorStoreContract,
  transferStoreContract,
} from '#libs/testing';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';
import { postgresFixture, storeSet, type PostgresFixture } from './postgres-fixture.js';

// The machine may be busy.
jest.setTimeout(60_000);

const server = process.env['DATABASE_URL'] ?? '';
const template = 'skald_stores_template';
let fixture: PostgresFixture;

beforeAll(async () => {
  fixture = await postgresFixture('skald_stores');
  await migrate(await createDatabase(server, template));
});

afterAll(async () => {
  await fixture.close();
  await dropDatabase(server, template);
});

const onPostgres = async () => ({ subject: await fixture.emptied() });

laneStoreContract('PostgresLaneStore', onPostgres);
operatorStoreContract('PostgresOperatorStore', onPostgres);
definitionStoreContract('PostgresDefinitionStore', onPostgres);
installationStoreContract('PostgresInstallationStore', onPostgres);

// A database of its own for each case: these make and drop partitions.
const onItsOwn = async () => {
  const databaseUrl = await createDatabase(server, 'skald_stores_case', { template });
  const stores = new PostgresStores({ databaseUrl });
  await stores.start();
  const close = async () => {
    await stores.stop();
    await dropDatabase(server, 'skald_stores_case');
  };
  return { subject: storeSet(stores), close };
};

housekeepingStoreContract('PostgresHousekeepingStore', onItsOwn);
transferStoreContract('PostgresTransferStore', onItsOwn);

describe('a migrated database', () => {
  it('is what the entities describe', async () => {
    const source = await skaldDataSource({ databaseUrl: fixture.databaseUrl }).initialize();

    const differences = await source.driver.createSchemaBuilder().log();
    await source.destroy();

    expect(differences.upQueries.map((query) => query.query)).toEqual([]);
  });

  it('is left alone by a second migration', async () => {
    expect(await migrate(fixture.databaseUrl)).toEqual({ migrations: [], partitions: [] });
  });
});

describe('a new database', () => {
  it('is migrated once by several starts at once', async () => {
    const databaseUrl = await createDatabase(server, 'skald_stores_new');

    const reports = await Promise.all([1, 2, 3].map(() => migrate(databaseUrl)));
    await dropDatabase(server, 'skald_stores_new');

    expect(reports.filter((report) => report.migrations.length > 0)).toHaveLength(1);
    expect(reports.filter((report) => report.partitions.length > 0)).toHaveLength(1);
  });
});
