import { placeOrders } from './storefront/storefront.js';
import { storefrontPlan } from './storefront/storefront-plan.js';
import { storefrontTrace } from './storefront/storefront-trace.js';
import { runShopProcess } from './shop-process.js';

await runShopProcess('storefront', async ({ shop, sink, signal, tracing }) => {
  const plan = storefrontPlan(process.argv.slice(2), process.env);
  const placed = await placeOrders(sink, shop.clock, plan, signal, {
    traceOf: storefrontTrace(tracing.tracer),
  });
  shop.log.info('orders were placed', { mix: plan.mix, first: plan.first, placed });
});
