import {
  eventHeaders,
  eventPartition,
  eventTopic,
  waitFor,
  type Clock,
  type CommandSink,
  type OutgoingRecord,
  type TraceHeaders,
} from '#libs/messaging';
import { orderOf, type Order, type OrderMix } from './order.js';

/** What to place. */
export interface StorefrontPlan {
  readonly mix: OrderMix;
  /** Number of the first order. Runs that use the same numbers place the same orders. */
  readonly first: number;
  readonly count: number;
  /** Orders per second; 0: as fast as they go. */
  readonly perSecond: number;
}

/** How a storefront is seen from outside. */
export interface StorefrontObserver {
  /** Trace context for the event about an order. Default: none. */
  readonly traceOf?: (order: Order) => TraceHeaders;
  /** Is told after each batch how many orders were placed so far. */
  readonly placed?: (total: number) => void;
}

/** The type of the event that starts an order. */
export const orderPlaced = 'shop.order.placed';

const tickMs = 20;
const maxBatch = 500;
const retryMs = 200;

/**
 * Publishes one event an order, at a given rate. Resolves with the number of orders when all are acknowledged.
 *
 * Content, id and key of the nth order are always the same; only its time is that of publishing. Stops early, with
 * what has been acknowledged, when `signal` is aborted.
 */
export async function placeOrders(
  sink: CommandSink,
  clock: Clock,
  plan: StorefrontPlan,
  signal: AbortSignal,
  observer: StorefrontObserver = {},
): Promise<number> {
  const topic = eventTopic(orderPlaced);
  const partitions = await sink.partitions(topic);
  if (partitions === undefined)
    throw new Error(`the topic ${topic} does not exist: publish the definitions first`);
  const startedAt = clock.elapsed();
  let placed = 0;
  while (placed < plan.count && !signal.aborted) {
    const due = dueAfter(clock.elapsed() - startedAt, plan);
    const batch = Math.min(due - placed, maxBatch);
    if (batch <= 0) {
      await waitFor(clock, tickMs);
      continue;
    }
    const records = Array.from({ length: batch }, (_, index) =>
      recordOf(orderOf(plan.mix, plan.first + placed + index), topic, partitions, clock, observer),
    );
    await publishAll(sink, records, clock, signal);
    placed += batch;
    observer.placed?.(placed);
  }
  return placed;
}

function dueAfter(elapsedMs: number, { perSecond, count }: StorefrontPlan): number {
  return perSecond === 0 ? count : Math.min(count, Math.floor((elapsedMs * perSecond) / 1_000) + 1);
}

function recordOf(
  order: Order,
  topic: string,
  partitions: number,
  clock: Clock,
  observer: StorefrontObserver,
): OutgoingRecord {
  return {
    topic,
    part: eventPartition(order.orderId, partitions),
    key: order.orderId,
    value: JSON.stringify(order),
    headers: eventHeaders({
      id: order.orderId,
      source: '/shop/storefront',
      type: orderPlaced,
      at: clock.now(),
      hops: 0,
      trace: observer.traceOf?.(order) ?? {},
    }),
  };
}

async function publishAll(
  sink: CommandSink,
  records: readonly OutgoingRecord[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let rest = records; rest.length > 0;) {
    const outcomes = await sink.publish(rest);
    const refused = outcomes.find((outcome) => outcome.kind === 'refused');
    if (refused !== undefined) throw new Error(`the broker refuses an order: ${refused.reason}`);
    rest = rest.filter((_, index) => outcomes[index]!.kind === 'unsent');
    if (rest.length === 0) return;
    if (signal.aborted) throw new Error(`${rest.length} orders were not acknowledged before the end`);
    await waitFor(clock, retryMs);
  }
}
