import { waitFor, type Clock, type CommandSink, type OutgoingRecord } from '#libs/messaging';
import type { OrderRange } from './order-book.js';

/** Makes the event of the nth order for a topic with so many partitions. */
export type MakeOrder = (order: number, partitions: number) => OutgoingRecord;

/** Where orders go. */
export interface OrderTarget {
  readonly sink: CommandSink;
  readonly clock: Clock;
  readonly topic: string;
  readonly make: MakeOrder;
}

const batchSize = 1_000;
const tickMs = 5;

/** Places orders as fast as the broker takes them. */
export async function placeAtOnce(target: OrderTarget, { first, count }: OrderRange): Promise<void> {
  const partitions = await partitionsOf(target);
  for (let done = 0; done < count; done += batchSize) {
    const size = Math.min(batchSize, count - done);
    await placed(
      target,
      Array.from({ length: size }, (_, index) => target.make(first + done + index, partitions)),
    );
  }
}

/**
 * Places orders evenly in time, whether earlier ones are done or not: a system that falls behind is not spared.
 * Resolves when all are acknowledged.
 */
export async function placeAtRate(
  target: OrderTarget,
  { first, count }: OrderRange,
  perSecond: number,
): Promise<void> {
  const partitions = await partitionsOf(target);
  const startedAt = target.clock.elapsed();
  const sending: Promise<void>[] = [];
  for (let done = 0; done < count;) {
    const due = Math.min(count, Math.floor(((target.clock.elapsed() - startedAt) * perSecond) / 1_000) + 1);
    if (due > done) {
      const from = done;
      sending.push(
        placed(
          target,
          Array.from({ length: due - from }, (_, index) => target.make(first + from + index, partitions)),
        ),
      );
      done = due;
    }
    await waitFor(target.clock, tickMs);
  }
  await Promise.all(sending);
}

async function placed({ sink }: OrderTarget, records: readonly OutgoingRecord[]): Promise<void> {
  const outcomes = await sink.publish(records);
  const failed = outcomes.find(({ kind }) => kind !== 'acknowledged');
  if (failed !== undefined)
    throw new Error(`an order was not taken by the broker: ${JSON.stringify(failed)}`);
}

async function partitionsOf({ sink, topic }: OrderTarget): Promise<number> {
  const partitions = await sink.partitions(topic);
  if (partitions === undefined) throw new Error(`the topic ${topic} does not exist`);
  return partitions;
}
