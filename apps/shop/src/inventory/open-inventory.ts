import { memoryOf, openPool } from '../database.js';
import { oneTransactionAtATime } from '../participant-settings.js';
import type { Shop } from '../shop.js';
import { inventoryHandlers } from './inventory-handlers.js';
import { inventorySchema } from './inventory-schema.js';

/** Opens the inventory in schema `inventory` of the database. */
export async function openInventory(shop: Shop, databaseUrl: string): Promise<void> {
  const pool = await openPool(shop, databaseUrl, 'inventory', inventorySchema);
  const handlers = inventoryHandlers(shop.clock, shop.loss);
  await shop.open('inventory', handlers, memoryOf(shop, pool, 'inventory'), oneTransactionAtATime);
}
