import { PostgresOperationMemory, TypeOrmTransactions } from '#libs/participant-postgres';
import { oneTransactionAtATime } from '../participant-settings.js';
import type { Shop } from '../shop.js';
import { openPaymentDatabase } from './payment-database.js';
import { paymentHandlers } from './payment-handlers.js';
import type { Sabotage } from './sabotage.js';

/** Opens the payment participant in schema `payment` of the database. */
export async function openPayment(shop: Shop, databaseUrl: string, sabotage: Sabotage): Promise<void> {
  const dataSource = await openPaymentDatabase(shop, databaseUrl);
  const { clock, log, loss } = shop;
  const memory = new PostgresOperationMemory(new TypeOrmTransactions(dataSource), clock, {
    schema: 'payment',
    log,
  });
  await shop.open('payment', paymentHandlers(clock, loss, sabotage), memory, oneTransactionAtATime);
}
