import { placeOrders } from './storefront/storefront.js';
import { storefrontPlan } from './storefront/storefront-plan.js';
import { storefrontTrace } from './storefront/storefront-trace.js';
import { runShopProcess } from './shop-process.js';

await runShopProcess('storefront', async (shop) => {
  const plan = storefrontPlan(process.argv.slice(2), process.env);
  const placed = await placeOrders(shop.sink, shop.clock, plan, shop.signal, {
    traceOf: storefrontTrace(shop.tracing.tracer),
  });
  shop.log.info('orders were placed', { mix: plan.mix, first: plan.first, placed });
});
