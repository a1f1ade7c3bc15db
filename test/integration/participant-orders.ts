import {
  commandHeaders,
  commandId,
  commandTopic,
  deriveSagaId,
  header,
  headerText,
  SystemClock,
  waitFor,
  type Command,
  type CommandSink,
  type InboundRecord,
} from '#libs/messaging';
import type { SagaOfOrder } from '../../apps/shop/src/ledger/compare-ledgers.js';
import { orderOf, type Order, type OrderMix } from '../../apps/shop/src/storefront/order.js';

const clock = new SystemClock();
const silenceMs = 800;

interface Step {
  readonly call: string;
  readonly undo?: string;
}

const steps: readonly Step[] = [
  { call: 'inventory.reserve', undo: 'inventory.release' },
  { call: 'payment.charge', undo: 'payment.refund' },
  { call: 'shipping.arrange' },
];

type Asked = Pick<Command, 'type' | 'operation'> & { readonly compensates?: string };

/** What a coordinator does, in a few lines and all orders at once: three steps, and undoing what was done. */
export class OrderPlayer {
  private readonly outcomes = new Map<string, { readonly outcome: string; readonly attempt: number }>();

  constructor(
    private readonly sink: CommandSink,
    private readonly home: string,
    private readonly repeats = 1,
  ) {}

  /** Takes a record of the home topic. */
  heard({ headers }: InboundRecord): void {
    const attempt = Number(headerText(headers, header.causation)?.split('.').at(-1));
    const outcome = headerText(headers, header.outcome) ?? '';
    this.outcomes.set(headerText(headers, header.operation) ?? '', { outcome, attempt });
  }

  play(mix: OrderMix, count: number): Promise<readonly SagaOfOrder[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.playOrder(orderOf(mix, index + 1))));
  }

  private async playOrder(order: Order): Promise<SagaOfOrder> {
    const id = sagaOf(order.orderId);
    const done: { readonly undo: string; readonly operation: string }[] = [];
    for (const { call, undo } of steps) {
      const operation = `${id}/${call}`;
      if ((await this.settled(order, { type: call, operation })) === 'succeeded') {
        if (undo !== undefined) done.unshift({ undo, operation });
        continue;
      }
      for (const entry of done) await this.undo(order, entry.undo, entry.operation);
      return { id, businessKey: order.orderId, status: 'compensated' };
    }
    return { id, businessKey: order.orderId, status: 'completed' };
  }

  private async undo(order: Order, type: string, compensates: string): Promise<void> {
    const outcome = await this.settled(order, { type, operation: `${compensates}/undo`, compensates });
    if (outcome !== 'succeeded') throw new Error(`${type} of ${order.orderId} was ${outcome}`);
  }

  /** Sends until a command is settled: a new attempt after a failure, the same message again after silence. */
  private async settled(order: Order, asked: Asked): Promise<string> {
    for (let attempt = 1; attempt < 10;) {
      for (let n = 0; n < this.repeats; n += 1) await this.send(order, asked, attempt);
      const outcome = await this.answer(asked.operation, attempt);
      if (outcome === 'succeeded' || outcome === 'rejected') return outcome;
      if (outcome === 'failed') attempt += 1;
    }
    throw new Error(`${asked.operation} failed nine times`);
  }

  private async answer(operation: string, attempt: number): Promise<string> {
    const giveUpAt = clock.elapsed() + silenceMs;
    while (clock.elapsed() < giveUpAt) {
      const found = this.outcomes.get(operation);
      const counts = found?.outcome !== 'failed' || found.attempt === attempt;
      if (found !== undefined && found.outcome !== 'accepted' && counts) return found.outcome;
      await waitFor(clock, 2);
    }
    return 'silence';
  }

  private async send(order: Order, asked: Asked, attempt: number): Promise<void> {
    const saga = sagaOf(order.orderId);
    const headers = commandHeaders(
      {
        ...asked,
        id: commandId(asked.operation, attempt),
        source: '/skald/test',
        at: clock.now(),
        saga,
        attempt,
        sagaType: 'order-fulfilment',
        step: asked.type,
        revision: 1,
        replyTo: this.home,
        replyPartition: 0,
        hops: 0,
        trace: {},
      },
      order.orderId,
    );
    const topic = commandTopic(asked.type);
    // Any partition: a participant may not depend on which one a command comes by.
    const part = (attempt + asked.operation.length) % ((await this.sink.partitions(topic)) ?? 1);
    await this.sink.publish([{ topic, part, key: saga, value: JSON.stringify(order), headers }]);
  }
}

/** The saga of an order: always the same during a run. */
export function sagaOf(orderId: string): string {
  return deriveSagaId({
    installation: 'test',
    definition: 'order-fulfilment',
    businessKey: orderId,
    source: '/shop/storefront',
    eventId: orderId,
    at: startedAt,
  });
}

const startedAt = clock.now();
