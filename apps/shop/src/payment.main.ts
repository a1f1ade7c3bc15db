import { databaseUrlOf } from './database.js';
import { openPayment } from './payment/open-payment.js';
import { sabotageFrom } from './payment/sabotage.js';
import { runShopProcess, untilSignal } from './shop-process.js';

await runShopProcess('payment', async ({ shop, signal }) => {
  await openPayment(shop, databaseUrlOf(process.env), sabotageFrom(process.argv.slice(2), process.env));
  await untilSignal(signal);
});
