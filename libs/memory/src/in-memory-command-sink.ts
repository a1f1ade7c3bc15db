import { CommandSink, type OutgoingRecord, type PublishOutcome } from '#libs/messaging';
import type { AppendResult, InMemoryBroker } from './in-memory-broker.js';

/** Sends records to an {@link InMemoryBroker}. Each call is carried out in a turn of the clock of its own, in order. */
export class InMemoryCommandSink extends CommandSink {
  private readonly known = new Map<string, number>();
  private last: Promise<unknown> = Promise.resolve();
  private state: 'new' | 'running' | 'stopped' = 'new';

  constructor(private readonly broker: InMemoryBroker) {
    super();
  }

  override start(): Promise<void> {
    if (this.state === 'new') this.state = 'running';
    return Promise.resolve();
  }

  override async stop(): Promise<void> {
    this.state = 'stopped';
    await this.last;
  }

  override publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    if (this.state !== 'running') {
      const reason = `the sink is ${this.state === 'new' ? 'not started' : 'stopped'}`;
      return Promise.resolve(records.map(() => ({ kind: 'unsent', reason })));
    }
    const published = this.last.then(() => this.send(records));
    this.last = published;
    return published;
  }

  override partitions(topic: string): Promise<number | undefined> {
    const count = this.broker.partitions(topic);
    if (count === undefined) this.known.delete(topic);
    else this.known.set(topic, count);
    return Promise.resolve(count);
  }

  override knownPartitions(topic: string): number | undefined {
    return this.known.get(topic);
  }

  private send(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    return new Promise((resolve) => {
      this.broker.clock.after(0, () =>
        resolve(records.map((record) => outcomeOf(record, this.broker.append(record)))),
      );
    });
  }
}

function outcomeOf({ topic, part }: OutgoingRecord, result: AppendResult): PublishOutcome {
  switch (result.kind) {
    case 'stored':
      return { kind: 'acknowledged', end: result.end };
    case 'unavailable':
      return { kind: 'unsent', reason: `${topic}/${part} does not take writes` };
    case 'no-such-partition':
      return { kind: 'refused', code: 'no-such-topic', reason: `there is no ${topic}/${part}` };
    case 'too-large':
      return { kind: 'refused', code: 'too-large', reason: `larger than ${topic} takes` };
  }
}
