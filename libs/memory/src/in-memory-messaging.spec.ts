import { describe, expect, it } from '@jest/globals';
import {
  SystemClock,
  type CommandSink,
  type EventSource,
  type Offset,
  type OutgoingRecord,
  type PublishOutcome,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';
import {
  commandSinkContract,
  eventSourceContract,
  type CommandSinkBench,
  type ContractSubject,
  type EventSourceBench,
} from '#libs/testing';
import { InMemoryBroker } from './in-memory-broker.js';
import { InMemoryCommandSink } from './in-memory-command-sink.js';
import { InMemoryEventSource } from './in-memory-event-source.js';

type NewSource = (
  broker: InMemoryBroker,
  settings: { group: string; topics: string[]; batchRecords: number },
) => InMemoryEventSource;
type NewSink = (broker: InMemoryBroker) => CommandSink;

const topic = 'bench';
/** How long a case waits in vain on a broken twin. */
const hasty = 200;

function sources(newSource: NewSource, patienceMs = 15_000) {
  return (): Promise<ContractSubject<EventSourceBench>> => {
    const broker = new InMemoryBroker(new SystemClock());
    const made: EventSource[] = [];
    broker.createTopic(topic, { partitions: 2 });
    const bench: EventSourceBench = {
      topic,
      patienceMs,
      source: () => {
        const source = newSource(broker, { group: 'g', topics: [topic], batchRecords: 3 });
        made.push(source);
        return source;
      },
      append: (part, values) => {
        for (const value of values) broker.append({ ...record(part, value) });
        return Promise.resolve();
      },
      appendHidden: (part) => Promise.resolve(broker.log({ topic, part })!.appendHidden(2)),
      truncateBefore: (part, offset) => Promise.resolve(broker.log({ topic, part })!.truncateBefore(offset)),
      recreate: () => {
        broker.deleteTopic(topic);
        broker.createTopic(topic, { partitions: 2 });
        return Promise.resolve();
      },
      die: (source) => (source as InMemoryEventSource).rebuild(),
      ruin: () => broker.shutDown(new Error('gone')),
    };
    return Promise.resolve({ subject: bench, close: () => closeAll(made) });
  };
}

function sinks(newSink: NewSink) {
  return (): Promise<ContractSubject<CommandSinkBench>> => {
    const broker = new InMemoryBroker(new SystemClock());
    const made: CommandSink[] = [];
    broker.createTopic(topic, { partitions: 2, maxRecordBytes: 1_000 });
    broker.createTopic('blocked');
    broker.log({ topic: 'blocked', part: 0 })!.isWritable = false;
    const bench: CommandSinkBench = {
      topic,
      blockedTopic: 'blocked',
      missingTopic: 'missing',
      tooLarge: 1_001,
      sink: () => {
        const sink = newSink(broker);
        made.push(sink);
        return sink;
      },
      stored: (part) => Promise.resolve(broker.log({ topic, part })!.read(0, 1_000).records),
    };
    return Promise.resolve({ subject: bench, close: () => closeAll(made) });
  };
}

async function closeAll(made: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const each of made) await each.stop();
}

function record(part: number, value: string): OutgoingRecord {
  return { topic, part, key: `key of ${value}`, value, headers: { note: `note of ${value}` } };
}

class ImpatientSource extends InMemoryEventSource {
  override start(handlers: SourceHandlers): Promise<void> {
    return super.start({
      ...boundHandlers(handlers),
      assigned: (partitions) => {
        handlers.assigned(partitions);
        for (const at of partitions) this.resume(at);
      },
    });
  }
}

class DeafSource extends InMemoryEventSource {
  override seek(_at: TopicPartition, _offset: Offset): void {
    // Goes on where it is.
  }
}

class HoledSource extends InMemoryEventSource {
  override start(handlers: SourceHandlers): Promise<void> {
    return super.start({
      ...boundHandlers(handlers),
      batch: (batch) => handlers.batch({ ...batch, from: batch.from + 1, records: batch.records.slice(1) }),
    });
  }
}

class CommittingSource extends InMemoryEventSource {
  override start(handlers: SourceHandlers): Promise<void> {
    return super.start({
      ...boundHandlers(handlers),
      batch: (batch) => {
        handlers.batch(batch);
        void this.hint(batch, batch.next);
      },
    });
  }
}

class ResettingSource extends InMemoryEventSource {
  override start(handlers: SourceHandlers): Promise<void> {
    return super.start({
      ...boundHandlers(handlers),
      lost: (at) => {
        void this.edges(at).then(({ start }) => {
          this.seek(at, start);
          this.resume(at);
        });
      },
    });
  }
}

function boundHandlers(handlers: SourceHandlers): SourceHandlers {
  return {
    assigned: (partitions) => handlers.assigned(partitions),
    revoked: (partitions) => handlers.revoked(partitions),
    batch: (batch) => handlers.batch(batch),
    progress: (at, from, next) => handlers.progress(at, from, next),
    fatal: (error) => handlers.fatal(error),
    ...(handlers.lost === undefined ? {} : { lost: (at, expected) => handlers.lost!(at, expected) }),
  };
}

class TrustingSink extends InMemoryCommandSink {
  override async publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    const outcomes = await super.publish(records);
    return outcomes.map((outcome) => (outcome.kind === 'unsent' ? { kind: 'acknowledged' } : outcome));
  }
}

class ReversingSink extends InMemoryCommandSink {
  override async publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    return [...(await super.publish([...records].reverse()))].reverse();
  }
}

class HaltingSink extends InMemoryCommandSink {
  override async publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    const outcomes: PublishOutcome[] = [];
    for (const each of records) {
      if (outcomes.some(({ kind }) => kind === 'refused'))
        outcomes.push({ kind: 'unsent', reason: 'an earlier one was refused' });
      else outcomes.push(...(await super.publish([each])));
    }
    return outcomes;
  }
}

eventSourceContract(
  'InMemoryEventSource',
  sources((broker, settings) => new InMemoryEventSource(broker, settings)),
);
commandSinkContract(
  'InMemoryCommandSink',
  sinks((broker) => new InMemoryCommandSink(broker)),
);

describe('the suites of the messaging ports', () => {
  eventSourceContract.rejects(
    'a source that does not wait for resume',
    sources((broker, settings) => new ImpatientSource(broker, settings), hasty),
    'delivers nothing of a partition before it is resumed',
  );
  eventSourceContract.rejects(
    'a source that commits by itself',
    sources((broker, settings) => new CommittingSource(broker, settings), hasty),
    'commits nothing by itself',
  );
  eventSourceContract.rejects(
    'a source that does not listen to seek',
    sources((broker, settings) => new DeafSource(broker, settings), hasty),
    'drops what was fetched before a seek',
  );
  eventSourceContract.rejects(
    'a source that swallows records',
    sources((broker, settings) => new HoledSource(broker, settings), hasty),
    'delivers batch behind batch without a hole',
  );
  eventSourceContract.rejects(
    'a source that begins again where it can',
    sources((broker, settings) => new ResettingSource(broker, settings), hasty),
    'says lost when the log ends before the position',
  );
  commandSinkContract.rejects(
    'a sink that takes silence for consent',
    sinks((broker) => new TrustingSink(broker)),
    'acknowledges only what the replicas of its own partition confirmed',
  );
  commandSinkContract.rejects(
    'a sink that turns the order round',
    sinks((broker) => new ReversingSink(broker)),
    'stores the records of a partition in the order given',
  );
  commandSinkContract.rejects(
    'a sink that halts at the first refusal',
    sinks((broker) => new HaltingSink(broker)),
    'refuses a record that is too large and sends the others',
  );
});

describe('a broker in memory', () => {
  it('stamps records with the time they are appended', () => {
    const clock = new SystemClock();
    const broker = new InMemoryBroker(clock);
    broker.createTopic(topic);

    const before = clock.now();
    broker.append(record(0, 'a'));

    expect(broker.log({ topic, part: 0 })!.read(0, 1).records[0]!.timestamp).toBeGreaterThanOrEqual(before);
  });
});
