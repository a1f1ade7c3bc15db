import {
  InMemoryBroker,
  InMemoryCommandSink,
  InMemoryDefinitionStore,
  InMemoryOperatorStore,
  InMemoryTables,
} from '#libs/memory';
import { readHomeRecord, type HomeRecord, type InboundRecord, type Keyring } from '#libs/messaging';
import { FakeClock } from '#libs/testing';
import type { AuditRow, StoredInstance } from '../lane-store.js';
import { LoadedDefinitions } from '../loaded-definitions.js';
import { compilePublication } from './compile-documents.js';
import { HomeMailbox } from './home-mailbox.js';
import { installationOf } from './installation-layout.js';
import { orderText } from './program.fixture.js';

const keyring: Keyring = { keys: [{ id: 'k1', secret: '0123456789abcdef' }] };

/** The surroundings of a use case: stores, broker and clock in memory; the test itself plays the lane. */
export interface Home {
  readonly clock: FakeClock;
  readonly broker: InMemoryBroker;
  readonly tables: InMemoryTables;
  readonly store: InMemoryOperatorStore;
  readonly definitions: LoadedDefinitions;
  readonly mailbox: HomeMailbox;
  readonly installation: ReturnType<typeof installationOf>;
  /** What was put into home partitions, read and checked like a lane does. */
  received(): readonly HomeRecord[];
  /** Writes the answer a lane would commit. */
  answer(audit: Partial<AuditRow> & Pick<AuditRow, 'request'>): void;
}

/** A home with the order saga published. */
export async function home(): Promise<Home> {
  const clock = new FakeClock();
  const broker = new InMemoryBroker(clock);
  const tables = new InMemoryTables();
  const installation = installationOf({ name: 'test', homePartitions: 4 }, clock.now());
  broker.createTopic(installation.homeTopic, { partitions: 4 });
  const sink = new InMemoryCommandSink(broker);
  await sink.start();
  const definitionStore = new InMemoryDefinitionStore(tables);
  await definitionStore.publish(
    [{ kind: 'saga', name: 'order', version: 1, file: 'order.yaml', text: orderText }],
    [],
    'ann',
  );
  const definitions = new LoadedDefinitions({ store: definitionStore, clock, compile: compilePublication });
  await definitions.refresh();
  return {
    clock,
    broker,
    tables,
    store: new InMemoryOperatorStore(tables),
    definitions,
    mailbox: new HomeMailbox({ sink, clock, keyring, installation }),
    installation,
    received: () =>
      recordsOf(broker, installation.homeTopic).map((record) => readHomeRecord(keyring, record)),
    answer: (audit) =>
      tables.audits.set(audit.request, {
        saga: '',
        at: clock.now(),
        action: '',
        by: '',
        result: 'done',
        detail: '',
        ...audit,
      }),
  };
}

/** Everything in a topic, partition by partition. */
export function recordsOf(broker: InMemoryBroker, topic: string): readonly InboundRecord[] {
  return Array.from(
    { length: broker.partitions(topic) ?? 0 },
    (_, part) => broker.log({ topic, part })!.read(0, 1_000).records,
  ).flat();
}

/** Runs the clock until `promise` is settled. */
export async function within<T>(clock: FakeClock, limitMs: number, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await clock.run(limitMs, () => isSettled);
  return promise;
}

/** A live saga of the order definition. */
export function instance(id: string, changes: Partial<StoredInstance> = {}): StoredInstance {
  const facts = { id, key: 'o-1', definition: 'order', version: 1, startedAt: 0, hops: 0 };
  const state = {
    facts,
    input: { orderId: 'o-1' },
    toggles: {},
    status: 'running',
    at: 0,
    steps: {},
    timers: [],
    incidents: {},
  };
  return {
    id,
    definition: 'order',
    version: 1,
    businessKey: 'o-1',
    status: 'running',
    revision: 1,
    home: 0,
    state: JSON.stringify(state),
    incident: false,
    held: false,
    trace: '',
    startedAt: 0,
    ...changes,
  };
}
