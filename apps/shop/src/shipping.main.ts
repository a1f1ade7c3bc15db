import { memoryOf, openPool } from './database.js';
import { participantSettings } from './participant-settings.js';
import { LateCarriers } from './shipping/late-carriers.js';
import { shippingHandlers } from './shipping/shipping-handlers.js';
import { shippingSchema } from './shipping/shipping-schema.js';
import { runShopProcess, startParticipant, untilSignal } from './shop-process.js';

await runShopProcess('shipping', async (shop) => {
  const pool = await openPool(shop, 'shipping', shippingSchema);
  const handlers = shippingHandlers(shop.clock, shop.loss);
  const memory = memoryOf(shop, pool, 'shipping');
  const participant = await startParticipant(shop, 'shipping', handlers, memory, participantSettings);
  const carriers = new LateCarriers(pool, participant, shop.clock, shop.log);
  shop.onEnd(() => carriers.stop());
  carriers.start();
  await untilSignal(shop);
});
