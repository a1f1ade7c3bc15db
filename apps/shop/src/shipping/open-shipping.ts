import { memoryOf, openPool } from '../database.js';
import { oneTransactionAtATime } from '../participant-settings.js';
import type { Shop } from '../shop.js';
import { LateCarriers } from './late-carriers.js';
import { shippingHandlers } from './shipping-handlers.js';
import { shippingSchema } from './shipping-schema.js';

/** Opens the shipping participant in schema `shipping` of the database, with its carriers that answer later. */
export async function openShipping(shop: Shop, databaseUrl: string): Promise<void> {
  const pool = await openPool(shop, databaseUrl, 'shipping', shippingSchema);
  const handlers = shippingHandlers(shop.clock, shop.loss);
  const participant = await shop.open(
    'shipping',
    handlers,
    memoryOf(shop, pool, 'shipping'),
    oneTransactionAtATime,
  );
  const carriers = new LateCarriers(pool, participant, shop.clock, shop.log);
  shop.onStop(() => carriers.stop());
  carriers.start();
}
