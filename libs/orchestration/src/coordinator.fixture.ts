import {
  deriveSagaId,
  eventHeaders,
  homeOf,
  NoLog,
  readCommand,
  replyHeaders,
  writeHomeRecord,
  type Answer,
  type Command,
  type HeaderTexts,
  type SagaId,
  type StartHead,
} from '#libs/messaging';
import {
  InMemoryBroker,
  InMemoryCommandSink,
  InMemoryEventSource,
  InMemoryHousekeepingStore,
  InMemoryLaneStore,
  InMemoryOperatorStore,
  InMemoryTables,
} from '#libs/memory';
import { compileDefinitions, formatProblem, type Program, type SagaState } from '#libs/saga';
import { FakeClock } from '#libs/testing';
import { Coordinator, type CoordinatorParts } from './coordinator.js';
import type { HistoryEntry } from './history.js';
import type { Installation } from './installation-store.js';
import { LoadedDefinitions } from './loaded-definitions.js';
import { historyEntries } from './use-cases/read-history.js';

/** The saga that most scenes play: two steps, short silences. */
export const sceneSaga = `
saga: order
version: 1
key: input.orderId
timeout: 1h
triggers: [{ event: shop.order.placed, gates: { has-a-value: data.total > 0 } }]
steps:
  - step: reserve
    call: inventory.reserve
    timeout: 10s
    compensate: inventory.release
  - step: ship
    call: shipping.ship
    timeout: 10s
    pivot: true
outcomes:
  completed: { emit: shop.order.fulfilled, with: { orderId: '\${ input.orderId }' } }
`;

export const sceneInstallation: Installation = {
  name: 'scene',
  homeTopic: 'scene.home',
  homePartitions: 2,
  group: 'scene',
  gateGroup: 'scene.gates',
  createdAt: 0,
};

export const sceneKeyring = { keys: [{ id: 'k', secret: 'a secret of the scene' }] };

/** A coordinator on the in-memory adapters, with the test in the part of everybody else. */
export class Scene {
  readonly clock = new FakeClock();
  readonly broker = new InMemoryBroker(this.clock);
  readonly tables = new InMemoryTables();
  readonly operators = new InMemoryOperatorStore(this.tables);
  readonly coordinators: Coordinator[] = [];

  constructor() {
    for (const topic of ['shop.events', 'inventory.commands', 'shipping.commands'])
      this.broker.createTopic(topic);
    this.broker.createTopic(sceneInstallation.homeTopic, { partitions: sceneInstallation.homePartitions });
  }

  /** Starts a coordinator, with some of its parts replaced if wanted. */
  async startCoordinator(parts: Partial<CoordinatorParts> = {}): Promise<Coordinator> {
    const { clock, broker, tables } = this;
    const definitions = sceneDefinitions(clock);
    await definitions.start();
    const { homeTopic, group, gateGroup } = sceneInstallation;
    const coordinator = new Coordinator({
      installation: sceneInstallation,
      keyring: sceneKeyring,
      definitions,
      lanes: new InMemoryLaneStore(tables, clock),
      housekeeping: new InMemoryHousekeepingStore(tables),
      operators: this.operators,
      homeSource: new InMemoryEventSource(broker, { group, topics: [homeTopic] }),
      domainSource: (topics) => new InMemoryEventSource(broker, { group: gateGroup, topics }),
      laneSink: new InMemoryCommandSink(broker),
      gateSink: new InMemoryCommandSink(broker),
      clock,
      log: new NoLog(),
      owner: 'scene',
      ...parts,
    });
    this.coordinators.push(coordinator);
    void coordinator.start();
    await this.run(100);
    return coordinator;
  }

  run(ms: number): Promise<boolean> {
    return this.clock.run(ms);
  }

  async end(): Promise<void> {
    const ends = Promise.all(this.coordinators.map((coordinator) => coordinator.stop()));
    await this.run(20_000);
    await ends;
  }

  /** Publishes an order event as it is; the same twice is a duplicate. */
  place(orderId: string, data: object = { orderId, total: 5 }, headers: HeaderTexts = {}): void {
    const event = eventHeaders({
      id: orderId,
      source: '/shop',
      type: 'shop.order.placed',
      at: this.clock.now(),
      hops: 0,
      trace: {},
    });
    const value = JSON.stringify(data);
    this.broker.append({
      topic: 'shop.events',
      part: 0,
      key: orderId,
      value,
      headers: { ...event, ...headers },
    });
  }

  /** Publishes any event; the same id twice is a duplicate. */
  tell(type: string, key: string, data: object, id: string, source = '/test'): void {
    const event = { id, source, type, at: this.clock.now(), hops: 0, trace: {} };
    this.broker.append({
      topic: `${type.slice(0, type.indexOf('.'))}.events`,
      part: 0,
      key,
      value: JSON.stringify(data),
      headers: eventHeaders(event),
    });
  }

  /** Puts a start straight into its home partition. */
  start(orderId: string, toggles: StartHead['toggles'] = {}): SagaId {
    const at = this.clock.now();
    const identity = {
      installation: 'scene',
      definition: 'order',
      businessKey: orderId,
      source: '/test',
      eventId: orderId,
      at,
    };
    const saga = deriveSagaId(identity);
    const { installation: _, ...head } = { ...identity, version: 1, eventType: 'test', toggles, hops: 0 };
    const message = writeHomeRecord(sceneKeyring, {
      kind: 'start',
      saga,
      head,
      input: { orderId },
      trace: {},
    });
    this.broker.append({ topic: 'scene.home', part: homeOf(saga, 2), ...message });
    return saga;
  }

  /** Puts an operator's action into the home partition of its saga. */
  act(saga: SagaId, action: string, data: Record<string, string> = {}, request = action): void {
    const head = { request, action, by: 'ann', at: this.clock.now() };
    const message = writeHomeRecord(sceneKeyring, { kind: 'action', saga, head, data });
    this.broker.append({ topic: 'scene.home', part: homeOf(saga, 2), ...message });
  }

  /** The commands of a participant so far. */
  commands(participant: string): readonly Command[] {
    return this.broker
      .log({ topic: `${participant}.commands`, part: 0 })!
      .read(0, 1_000)
      .records.map(readCommand);
  }

  /** Answers a command, in the partition it asked for or in another one. */
  answer(command: Command, answer: Partial<Answer> = {}, part = command.replyPartition): void {
    const full: Answer = { outcome: 'succeeded', data: {}, ...answer };
    this.broker.append({
      topic: command.replyTo,
      part,
      key: command.saga,
      value: JSON.stringify(full.data),
      headers: replyHeaders(command, full, '/test', this.clock.now(), {}),
    });
  }

  status(saga: SagaId): string | undefined {
    return this.tables.instances.get(saga)?.status;
  }

  state(saga: SagaId): SagaState {
    return JSON.parse(this.tables.instances.get(saga)!.state) as SagaState;
  }

  history(saga: SagaId): readonly HistoryEntry[] {
    return historyEntries(this.tables.history.get(saga) ?? []);
  }

  /** Reasons of the parked records. */
  get parked(): readonly string[] {
    return [...this.tables.parked.values()].map(({ reason }) => reason);
  }

  /** Codes of the open incidents. */
  get incidents(): readonly string[] {
    return [...this.tables.incidents.values()]
      .filter(({ closedAt }) => closedAt === undefined)
      .map(({ code }) => code);
  }

  /** The only saga there is. */
  get onlySaga(): SagaId {
    return [...this.tables.instances.keys()][0]!;
  }
}

/** The scene's saga, published at an instant; by default long ago. */
export function sceneDefinitions(
  clock: FakeClock,
  publishedAt = 0,
  text: string = sceneSaga,
): LoadedDefinitions {
  const document = {
    kind: 'saga',
    name: 'order',
    version: 1,
    file: 'order.yaml',
    text,
    publishedAt,
  };
  const publication = { revision: 1, documents: [document], files: [] };
  return new LoadedDefinitions({
    store: {
      revision: () => Promise.resolve(1),
      load: () => Promise.resolve(publication),
    },
    clock,
    compile: () => compileDefinitions([{ file: 'order.yaml', text }]).programs,
    pollMs: 3_600_000,
  });
}

/** These programs, published long ago. */
export function fixedDefinitions(clock: FakeClock, programs: readonly Program[]): LoadedDefinitions {
  const publication = { revision: 1, documents: [], files: [] };
  return new LoadedDefinitions({
    store: {
      revision: () => Promise.resolve(1),
      load: () => Promise.resolve(publication),
    },
    clock,
    compile: () => programs,
    pollMs: 3_600_000,
  });
}

/** The programs of texts that have to be sound. */
export function compiledPrograms(...texts: readonly string[]): readonly Program[] {
  const { programs, problems } = compileDefinitions(
    texts.map((text, index) => ({ file: `${index}.yaml`, text })),
  );
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(formatProblem).join('\n'));
  return programs;
}
