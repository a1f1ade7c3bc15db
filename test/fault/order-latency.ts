import { header, type Instant } from '#libs/messaging';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import type { Fleet } from '../harness/fleet.js';
import { headerOf, openEar } from '../harness/topic-ear.js';
import { latencyOf } from '../load/figures.js';

/** A part of a test, and when it began: it lasts until the next one begins. */
export interface Phase {
  readonly name: string;
  readonly from: Instant;
}

/** Phases as they come. */
export class Phases {
  readonly all: Phase[] = [];

  constructor(private readonly fleet: Pick<Fleet, 'clock'>) {}

  begin(name: string): void {
    this.all.push({ name, from: this.fleet.clock.now() });
  }
}

/** How long orders took from their event to the event of their outcome, by the phase they were placed in: a line each. */
export async function latencyText(fleet: Fleet, phases: readonly Phase[]): Promise<string> {
  const orders = await ordersIn(fleet);
  const lines = phases.map(({ name, from }, index) => {
    const to = phases[index + 1]?.from ?? Infinity;
    const took = orders.filter(({ at }) => at >= from && at < to).map((order) => order.tookMs);
    const { p50, p95 } = latencyOf(took);
    const most = Math.max(0, ...took);
    return `${name}: ${took.length} orders, p50 ${p50} ms, p95 ${p95} ms, max ${most} ms`;
  });
  return lines.join('\n');
}

async function ordersIn(fleet: Fleet): Promise<readonly { readonly at: Instant; readonly tookMs: number }[]> {
  const ear = await openEar(fleet.stack.kafkaBrokers, 'shop.events');
  await ear.catchUp();
  await ear.stop();
  const placed = new Map<string, Instant>();
  const told = new Map<string, Instant>();
  for (const record of ear.records) {
    const times = headerOf(record, header.type) === orderPlaced ? placed : told;
    const order = String(record.key);
    // What was stored twice counts by its first copy.
    if (!times.has(order)) times.set(order, record.timestamp);
  }
  return [...placed].flatMap(([order, at]) => {
    const end = told.get(order);
    return end === undefined ? [] : [{ at, tookMs: end - at }];
  });
}
