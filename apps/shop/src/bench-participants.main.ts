import { ForgetfulOperationMemory } from '#libs/participant';
import { benchHandlers } from './bench-handlers.js';
import { runShopProcess, untilSignal } from './shop-process.js';

await runShopProcess('bench-participants', async ({ shop, signal }) => {
  const opening = Object.entries(benchHandlers()).map(([name, handlers]) =>
    shop.open(name, handlers, new ForgetfulOperationMemory(shop.clock)),
  );
  await Promise.all(opening);
  await untilSignal(signal);
});
