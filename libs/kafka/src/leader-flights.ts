import { ask } from './kafkajs-internals.js';
import type { PartitionQueue } from './partition-queue.js';
import type { ProducerSession } from './producer-session.js';
import { ByteWriter } from './wire/byte-writer.js';
import { produceRequest, type ProducedPartition } from './wire/produce-request.js';

/** What a request may hold and how long its answer may take. */
export interface FlightLimits {
  readonly maxRequestBytes: number;
  readonly ackTimeoutMs: number;
}

/** Who is told what became of a request. */
export interface FlightOwner {
  /** The leader has said this of the batch of one partition. */
  answered(queue: PartitionQueue, errorCode: number, baseOffset: number): void;
  /** Nothing was said of these: what was sent of them is marked as in doubt. */
  failed(queues: readonly PartitionQueue[], error: unknown): void;
  /** The leader can be sent to again. */
  landed(): void;
}

/** A leader we send to: one request at a time, and the buffer it is written into. */
interface Flight {
  readonly writer: ByteWriter;
  isBusy: boolean;
}

/** Carries batches to the leaders of their partitions, at most one request to each leader at a time. */
export class LeaderFlights {
  private readonly flights = new Map<number, Flight>();

  constructor(
    private readonly session: ProducerSession,
    private readonly limits: FlightLimits,
    private readonly owner: FlightOwner,
  ) {}

  /** Sends what waits in `queues`, all led by `leader`; does nothing while a request to it is on its way. */
  async send(leader: number, queues: readonly PartitionQueue[]): Promise<void> {
    const flight = this.flightTo(leader);
    // Taken before anything is waited for: a leader that moves meanwhile cannot have the same batch sent twice at once.
    const taken = inTopicOrder(queues.filter((queue) => queue.waiting > 0 && !queue.inFlight));
    if (flight.isBusy || taken.length === 0) return;
    flight.isBusy = true;
    for (const queue of taken) queue.inFlight = true;
    const written = new Set<PartitionQueue>();
    try {
      const answer = await this.exchange(leader, taken, written, flight.writer);
      this.session.worked();
      release(taken);
      this.read(answer, written);
    } catch (error) {
      release(taken);
      this.fail(written.size > 0 ? [...written] : taken, written.size > 0, error);
    } finally {
      flight.isBusy = false;
      this.owner.landed();
    }
  }

  /** Puts those that were really written, as far as the request may grow, into `written`. */
  private async exchange(
    leader: number,
    taken: readonly PartitionQueue[],
    written: Set<PartitionQueue>,
    writer: ByteWriter,
  ): Promise<readonly ProducedPartition[]> {
    const broker = await this.session.leader(leader);
    const parts = taken.map((queue) => ({
      topic: queue.topic,
      part: queue.part,
      write: (into: ByteWriter) => {
        written.add(queue);
        queue.write(into);
      },
    }));
    return ask(broker, produceRequest(parts, this.limits.ackTimeoutMs, this.limits.maxRequestBytes), writer);
  }

  /** Reads the answer partition by partition. What was sent and is not in it stays unacknowledged. */
  private read(answer: readonly ProducedPartition[], written: ReadonlySet<PartitionQueue>): void {
    const silent = new Set(written);
    for (const { topic, part, errorCode, baseOffset } of answer) {
      const queue = find(silent, topic, part);
      if (queue === undefined) continue;
      silent.delete(queue);
      this.owner.answered(queue, errorCode, baseOffset);
    }
    if (silent.size > 0) this.fail([...silent], true, new Error('the answer does not cover the partition'));
  }

  private fail(queues: readonly PartitionQueue[], wereSent: boolean, error: unknown): void {
    if (wereSent) for (const queue of queues) queue.inDoubt = true;
    this.owner.failed(queues, error);
  }

  private flightTo(leader: number): Flight {
    let flight = this.flights.get(leader);
    if (flight === undefined) {
      flight = { writer: new ByteWriter(), isBusy: false };
      this.flights.set(leader, flight);
    }
    return flight;
  }
}

function find(queues: ReadonlySet<PartitionQueue>, topic: string, part: number): PartitionQueue | undefined {
  for (const queue of queues) if (queue.part === part && queue.topic === topic) return queue;
  return undefined;
}

function release(queues: readonly PartitionQueue[]): void {
  for (const queue of queues) queue.inFlight = false;
}

/** Partitions of one topic side by side, as the request needs them. */
function inTopicOrder(queues: readonly PartitionQueue[]): readonly PartitionQueue[] {
  const topics = new Set(queues.map(({ topic }) => topic));
  return topics.size === 1
    ? queues
    : [...topics].flatMap((topic) => queues.filter((queue) => queue.topic === topic));
}
