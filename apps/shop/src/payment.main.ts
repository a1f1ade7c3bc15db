import { openPaymentDatabase } from './payment/payment-database.js';
import { paymentHandlers } from './payment/payment-handlers.js';
import { sabotageFrom } from './payment/sabotage.js';
import { participantSettings } from './participant-settings.js';
import { PostgresOperationMemory, TypeOrmTransactions } from '#libs/participant-postgres';
import { runShopProcess, startParticipant, untilSignal } from './shop-process.js';

await runShopProcess('payment', async (shop) => {
  const sabotage = sabotageFrom(process.argv.slice(2), process.env);
  const dataSource = await openPaymentDatabase(shop);
  const memory = new PostgresOperationMemory(new TypeOrmTransactions(dataSource), shop.clock, {
    schema: 'payment',
    log: shop.log,
  });
  const handlers = paymentHandlers(shop.clock, shop.loss, sabotage);
  await startParticipant(shop, 'payment', handlers, memory, participantSettings);
  await untilSignal(shop);
});
