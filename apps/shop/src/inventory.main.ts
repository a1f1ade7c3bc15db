import { databaseUrlOf } from './database.js';
import { openInventory } from './inventory/open-inventory.js';
import { runShopProcess, untilSignal } from './shop-process.js';

await runShopProcess('inventory', async ({ shop, signal }) => {
  await openInventory(shop, databaseUrlOf(process.env));
  await untilSignal(signal);
});
