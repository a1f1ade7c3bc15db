import { memoryOf, openPool } from './database.js';
import { inventoryHandlers } from './inventory/inventory-handlers.js';
import { inventorySchema } from './inventory/inventory-schema.js';
import { participantSettings } from './participant-settings.js';
import { runShopProcess, startParticipant, untilSignal } from './shop-process.js';

await runShopProcess('inventory', async (shop) => {
  const pool = await openPool(shop, 'inventory', inventorySchema);
  const handlers = inventoryHandlers(shop.clock, shop.loss);
  await startParticipant(shop, 'inventory', handlers, memoryOf(shop, pool, 'inventory'), participantSettings);
  await untilSignal(shop);
});
