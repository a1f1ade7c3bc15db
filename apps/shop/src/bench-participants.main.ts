import { ForgetfulOperationMemory } from '#libs/participant';
import { benchHandlers } from './bench-handlers.js';
import { runShopProcess, startParticipant, untilSignal } from './shop-process.js';

await runShopProcess('bench-participants', async (shop) => {
  const starting = Object.entries(benchHandlers()).map(([name, handlers]) =>
    startParticipant(shop, name, handlers, new ForgetfulOperationMemory(shop.clock)),
  );
  await Promise.all(starting);
  await untilSignal(shop);
});
