import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { SystemClock } from '#libs/messaging';
import type { OperationMemory } from '#libs/participant';
import {
  CreateOperationMemory1763700000001,
  migrateOperationMemory,
  PgTransactions,
  PostgresOperationMemory,
  TypeOrmTransactions,
} from '#libs/participant-postgres';
import {
  operationMemoryContract,
  transactionalMemoryContract,
  type TransactionalMemorySubject,
} from '#libs/testing';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

const clock = new SystemClock();
const server = process.env['DATABASE_URL'] ?? '';
const names = { plain: 'participant_memory_pg', typeOrm: 'participant_memory_typeorm' };

let pool: pg.Pool;
let dataSource: DataSource;

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await createDatabase(server, names.plain), max: 4 });
  await migrateOperationMemory(pool, 'shop');
  await pool.query('create table shop.effect (name varchar(1000))');
  dataSource = await new DataSource({
    type: 'postgres',
    url: await createDatabase(server, names.typeOrm),
    migrations: [CreateOperationMemory1763700000001],
    poolSize: 4,
  }).initialize();
  await dataSource.runMigrations();
  await dataSource.query('create table effect (name varchar(1000))');
});

afterAll(async () => {
  await pool.end();
  await dataSource.destroy();
  for (const name of Object.values(names)) await dropDatabase(server, name);
});

describe('on a pg pool', () => {
  operationMemoryContract('PostgresOperationMemory', onPool);
  transactionalMemoryContract('PostgresOperationMemory', onPool);

  transactionalMemoryContract.rejects(
    'a memory that commits effects apart from their settlement',
    async () => {
      const { subject } = await onPool();
      const makeEffect = async (_transaction: unknown, name: string): Promise<void> => {
        await pool.query('insert into shop.effect values ($1)', [name]);
      };
      return { subject: { ...subject, makeEffect } };
    },
    'undoes the effects of work that threw and no others',
  );
});

describe('on a TypeORM data source', () => {
  operationMemoryContract('PostgresOperationMemory', onDataSource);
  transactionalMemoryContract('PostgresOperationMemory', onDataSource);
});

describe('a schema without the tables', () => {
  it('is refused at start with what is missing', async () => {
    const memory = new PostgresOperationMemory(new PgTransactions(pool), clock, { schema: 'elsewhere' });

    await expect(memory.start()).rejects.toThrow(/"elsewhere" lacks the migration 0001-operation-memory/);
  });

  it('is migrated once, however often it is asked for', async () => {
    const both = await Promise.all([
      migrateOperationMemory(pool, 'fresh'),
      migrateOperationMemory(pool, 'fresh'),
    ]);

    expect(both.flat()).toEqual(['0001-operation-memory']);
    await new PostgresOperationMemory(new PgTransactions(pool), clock, { schema: 'fresh' }).start();
  });
});

async function onPool(): Promise<{ readonly subject: TransactionalMemorySubject }> {
  await pool.query('truncate shop.skald_operation, shop.skald_parked_command, shop.effect');
  const make = (): OperationMemory<pg.PoolClient> =>
    new PostgresOperationMemory(new PgTransactions(pool), clock, { schema: 'shop' });
  const memory = make();
  await memory.start();
  return {
    subject: {
      memory,
      reopened: make,
      makeEffect: async (client, name) => {
        await (client as pg.PoolClient).query('insert into shop.effect values ($1)', [name]);
      },
      effects: (name) => countInPool('select count(*)::int as n from shop.effect where name = $1', [name]),
      parkedRecords: () => countInPool('select count(*)::int as n from shop.skald_parked_command', []),
    },
  };
}

async function onDataSource(): Promise<{ readonly subject: TransactionalMemorySubject }> {
  await dataSource.query('truncate skald_operation, skald_parked_command, effect');
  const make = (): OperationMemory<EntityManager> =>
    new PostgresOperationMemory(new TypeOrmTransactions(dataSource), clock);
  const memory = make();
  await memory.start();
  const count = async (sql: string, parameters: unknown[]): Promise<number> =>
    (await dataSource.query<{ n: number }[]>(sql, parameters))[0]!.n;
  return {
    subject: {
      memory,
      reopened: make,
      makeEffect: async (manager, name) => {
        await (manager as EntityManager).query('insert into effect values ($1)', [name]);
      },
      effects: (name) => count('select count(*)::int as n from effect where name = $1', [name]),
      parkedRecords: () => count('select count(*)::int as n from skald_parked_command', []),
    },
  };
}

async function countInPool(sql: string, parameters: unknown[]): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(sql, parameters);
  return rows[0]!.n;
}
