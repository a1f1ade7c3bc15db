import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  KafkaCommandSink,
  KafkaEventSource,
  kafkaOptionsFromEnv,
  KafkaUnavailableError,
  type KafkaOptions,
} from '#libs/kafka';
import { SystemClock, type OutgoingRecord } from '#libs/messaging';
import { resumeAll, SourceWatcher } from '#libs/testing';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';
import { unusedName, Workbench } from './kafka-benches.js';

const user = { mechanism: 'SCRAM-SHA-512', name: 'skald', password: 'wonderful secret' } as const;

jest.setTimeout(60_000);

let stack: LocalStack;
let bench: Workbench;

beforeAll(async () => {
  stack = await startLocalStack({
    name: 'kafka-outage',
    fresh: true,
    ownProcesses: true,
    brokerListeners: [{ name: 'GUARDED', protocol: 'SASL_PLAINTEXT' }],
    scramUsers: [user],
    brokerProperties: {
      'sasl.enabled.mechanisms': user.mechanism,
      'listener.name.guarded.scram-sha-512.sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    },
  });
  bench = new Workbench(stack.kafkaBrokers);
  await bench.open();
}, 120_000);

afterEach(() => bench.tidy());

afterAll(async () => {
  await bench?.close();
  await stack?.stop();
});

describe('a broker that dies and comes back', () => {
  it('loses nothing of what was published, and is read on', async () => {
    const topic = await bench.topic(1);
    const sink = bench.sink();
    await sink.start();
    const { watcher } = await reader(topic);
    await sink.publish([record(topic, 'before')]);
    await watcher.until('it reads', () => watcher.values(0).length === 1);

    await stack.broker(0).kill();
    const meanwhile = sink.publish([record(topic, 'meanwhile 1'), record(topic, 'meanwhile 2')]);
    await stack.broker(0).start();

    expect((await meanwhile).map(({ kind }) => kind)).toEqual(['acknowledged', 'acknowledged']);
    await watcher.until('it reads on', () => watcher.values(0).includes('meanwhile 2'));
    expect([...new Set(watcher.values(0))]).toEqual(['before', 'meanwhile 1', 'meanwhile 2']);
    expect(watcher.fatalError).toBeUndefined();
  });

  it('makes publish say unsent when it stays away, in the order given', async () => {
    const topic = await bench.topic(1);
    const sink = bench.sink({ giveUpAfterMs: 1_000 });
    await sink.start();
    await sink.publish([record(topic, 'before')]);

    await stack.broker(0).freeze();
    const calls = [sink.publish([record(topic, 'a')]), sink.publish([record(topic, 'b')])];
    const outcomes = await Promise.all(calls);
    await stack.broker(0).thaw();
    await untilAcknowledged(sink, [record(topic, 'a'), record(topic, 'b')]);

    expect(outcomes.flat().map(({ kind }) => kind)).toEqual(['unsent', 'unsent']);
    const stored = await bench.storedQuickly(topic, 0);
    expect([...new Set(stored)]).toEqual(['before', 'a', 'b']);
  });
});

describe('a broker that asks for credentials', () => {
  it('takes those of the environment', async () => {
    const topic = await bench.topic(1);
    const sink = new KafkaCommandSink(guarded(user.password), new SystemClock());
    await sink.start();

    const outcomes = await sink.publish([record(topic, 'a')]);

    await sink.stop();
    expect(outcomes).toEqual([{ kind: 'acknowledged', end: 1 }]);
  });

  it('is not tried for ever with wrong ones', async () => {
    const topic = await bench.topic(1);
    const source = new KafkaEventSource(guarded('wrong'), new SystemClock(), {
      group: unusedName('g'),
      topics: [topic],
    });

    const started = source.start(new SourceWatcher());

    await expect(started).rejects.toThrow(KafkaUnavailableError);
    await expect(started).rejects.toThrow(/authentication/i);
    await expect(new KafkaCommandSink(guarded('wrong'), new SystemClock()).start()).rejects.toThrow(
      KafkaUnavailableError,
    );
    await source.stop();
  });
});

function guarded(password: string): KafkaOptions {
  return kafkaOptionsFromEnv({
    KAFKA_BROKERS: stack.broker(0).listeners['GUARDED'],
    KAFKA_SASL_MECHANISM: user.mechanism,
    KAFKA_SASL_USERNAME: user.name,
    KAFKA_SASL_PASSWORD: password,
  });
}

async function reader(topic: string): Promise<{ readonly watcher: SourceWatcher }> {
  const source = bench.source({ group: unusedName('g'), topics: [topic] });
  const watcher = new SourceWatcher({ patienceMs: 40_000 });
  resumeAll(source, watcher, 0);
  await source.start(watcher);
  return { watcher };
}

async function untilAcknowledged(sink: KafkaCommandSink, records: readonly OutgoingRecord[]): Promise<void> {
  for (let left = records; left.length > 0;) {
    const outcomes = await sink.publish(left);
    left = left.filter((_, index) => outcomes[index]!.kind !== 'acknowledged');
  }
}

function record(topic: string, value: string): OutgoingRecord {
  return { topic, part: 0, key: 'k', value, headers: {} };
}
