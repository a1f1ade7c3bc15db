import { deriveSagaId, eventHeaders, type HeaderTexts, type SagaId } from '#libs/messaging';
import { orderOf, type Order } from '../../apps/shop/src/storefront/order.js';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import type { ShownBytes, ShownParked } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';
import type { RawProducer, RawRecord } from '../harness/raw-producer.js';

/** Where a record was put; that is what names it once it is parked. */
export type Position = Pick<ShownParked, 'topic' | 'part' | 'offset'>;

/** Puts records on a real broker that nobody can use, and sound orders behind them. */
export class ParkingBench {
  private orders = 3_000;

  constructor(
    private readonly fleet: Fleet,
    private readonly producer: RawProducer,
  ) {}

  /** Sends a record as it is. */
  async send(record: RawRecord): Promise<Position> {
    const offset = await this.producer.send(record);
    return { topic: record.topic, part: record.part, offset };
  }

  /** Places an order in partition 0 of the events, behind what was sent before, and waits until it is through. */
  async orderCompletes(suits: (order: Order) => boolean = () => true): Promise<void> {
    let order = orderOf('plain', (this.orders += 1));
    while (!suits(order)) order = orderOf('plain', (this.orders += 1));
    const value = JSON.stringify(order);
    await this.send({ topic: 'shop.events', part: 0, key: order.orderId, value, headers: this.placed() });
    const query = `key=${order.orderId}&status=completed`;
    await eventually(`the order ${order.orderId} to complete`, async () => {
      return (await this.fleet.api.list(query)).length === 1;
    });
  }

  /** Waits until the record is parked. */
  parked(at: Position): Promise<ShownParked> {
    return eventually(`${at.topic}/${at.part}/${at.offset} to be parked`, () => this.find(at));
  }

  /** Waits until another record is parked behind this one, however many came between. */
  parkedBehind({ topic, part, offset }: Position): Promise<ShownParked> {
    return eventually(`a record behind ${topic}/${part}/${offset} to be parked`, async () =>
      (await this.fleet.api.parked()).find(
        (row) => row.topic === topic && row.part === part && row.offset > offset,
      ),
    );
  }

  async isParked(at: Position): Promise<boolean> {
    return (await this.find(at)) !== undefined;
  }

  /** Headers of the event of a placed order, with changes. */
  placed(changes: HeaderTexts = {}): HeaderTexts {
    const [id, at] = [`spec-${this.orders}`, this.fleet.clock.now()];
    return {
      ...eventHeaders({ id, source: '/spec', type: orderPlaced, at, hops: 0, trace: {} }),
      ...changes,
    };
  }

  private async find({ topic, part, offset }: Position): Promise<ShownParked | undefined> {
    const rows = await this.fleet.api.parked();
    return rows.find((row) => row.topic === topic && row.part === part && row.offset === offset);
  }
}

/** The id of a saga of this installation, and with it its home. */
export function sagaOf(businessKey: string, at: number, definition = 'order-fulfilment'): SagaId {
  const identity = { installation: 'skald', definition, source: '/spec', eventId: businessKey };
  return deriveSagaId({ ...identity, businessKey, at });
}

/** Headers without one of them. */
export function omit(headers: HeaderTexts, name: string): HeaderTexts {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

/** Bytes as text with one character each, which compares quickly; `null` where there are none. */
export function bytesShown(shown: ShownBytes | null): string | null {
  if (shown === null) return null;
  const bytes = shown.text === undefined ? Buffer.from(shown.base64!, 'base64') : Buffer.from(shown.text);
  return bytes.toString('latin1');
}

/** The same of what was sent. */
export function bytesSent(sent: string | Buffer | null | undefined): string | null {
  return sent === null || sent === undefined ? null : Buffer.from(sent).toString('latin1');
}
