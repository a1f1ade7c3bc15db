import pg from 'pg';
import { DataSource } from 'typeorm';
import { CreateOperationMemory1763700000001 } from '#libs/participant-postgres';
import type { Shop } from '../shop.js';
import { CreatePayment1763700000100 } from './create-payment.migration.js';
import { Card, PaymentEntry } from './payment-entities.js';

/** Differs from other locks of the database; replicas that start together migrate one after the other. */
const migrationLock = 4_070_120_264;

/** A TypeORM data source with the payment tables in place, closed when the shop stops. */
export async function openPaymentDatabase(shop: Shop, databaseUrl: string): Promise<DataSource> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await client.query('create schema if not exists payment');
    const dataSource = await new DataSource({
      type: 'postgres',
      url: databaseUrl,
      schema: 'payment',
      entities: [Card, PaymentEntry],
      migrations: [CreateOperationMemory1763700000001, CreatePayment1763700000100],
      poolSize: 4,
      applicationName: 'shop payment',
      poolErrorHandler: (error: Error) =>
        shop.log.warn('a database connection was lost', { reason: error.message }),
    }).initialize();
    shop.onStop(() => dataSource.destroy());
    await dataSource.runMigrations();
    return dataSource;
  } finally {
    await client.end();
  }
}
