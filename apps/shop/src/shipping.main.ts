import { databaseUrlOf } from './database.js';
import { openShipping } from './shipping/open-shipping.js';
import { runShopProcess, untilSignal } from './shop-process.js';

await runShopProcess('shipping', async ({ shop, signal }) => {
  await openShipping(shop, databaseUrlOf(process.env));
  await untilSignal(signal);
});
