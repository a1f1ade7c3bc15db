import {
  eventHeaders,
  eventPartition,
  header,
  headerText,
  NoLog,
  type CommandSink,
  type Log,
  type InboundRecord,
  type Keyring,
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
import { Coordinator, LoadedDefinitions, type Installation, type LaneStore } from '#libs/orchestration';
import { ForgetfulOperationMemory, Participant, type CommandHandlers } from '#libs/participant';
import { compileDefinitions, formatProblem, type Program } from '#libs/saga';
import { FakeClock } from '../fake-clock.js';
import { Chance } from './chance.js';
import { simulatedOrder } from './order-definition.js';
import { drawFate, Ledger, orderHandlers, type OrderFate, type ParticipantWorld } from './order-rules.js';
import {
  noMischief,
  ProcessClock,
  ProcessLaneStore,
  ProcessSink,
  ProcessSource,
  SimulatedProcess,
  type Mischief,
} from './simulated-process.js';

/** What a simulation is made of. The same seed and options always take the same course. */
export interface SimulationOptions {
  readonly seed: number;
  readonly orders: number;
  readonly coordinators: 1 | 2;
  readonly mischief: Mischief;
  /** Parts replaced by broken ones, to show that the simulation notices. Default: none. */
  readonly planted?: PlantedFaults;
  /** Hears what coordinators say; for following one seed. Default: nobody. */
  readonly log?: Log;
}

/** Each takes a sound part and returns the one to use instead. */
export interface PlantedFaults {
  readonly laneStore?: (sound: LaneStore) => LaneStore;
  readonly coordinatorSink?: (sound: CommandSink) => CommandSink;
  readonly participantMemory?: (sound: ForgetfulOperationMemory) => ForgetfulOperationMemory;
}

/** What came of a simulation. Empty `problems`: every promise was kept. */
export interface SimulationReport {
  readonly problems: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly crashes: readonly string[];
  /** Virtual time it took. */
  readonly virtualMs: number;
}

const installation: Installation = {
  name: 'sim',
  homeTopic: 'sim.home',
  homePartitions: 3,
  group: 'sim',
  gateGroup: 'sim.gates',
  createdAt: 0,
};
const keyring: Keyring = { keys: [{ id: 'k1', secret: 'a secret of the simulation' }] };
const mischiefForMs = 30_000;
const calmForMs = 40 * 60_000;

/**
 * Runs orders through coordinators and participants on the in-memory adapters, on a virtual clock, while everything
 * that can go wrong at a port does, and compares at the end what participants did with what sagas say.
 *
 * Mischief ends after a minute of virtual time; then everything has to come to its end.
 */
export async function simulateOrders(options: SimulationOptions): Promise<SimulationReport> {
  const world = new OrderWorld(options);
  return world.run();
}

class OrderWorld {
  private readonly clock = new FakeClock();
  private readonly chance: Chance;
  private readonly broker = new InMemoryBroker(this.clock);
  private readonly tables = new InMemoryTables();
  private readonly ledger = new Ledger();
  private readonly fates = new Map<string, OrderFate>();
  private readonly program = compiledOrder();
  private readonly processes: SimulatedProcess[] = [];
  private readonly crashes: string[] = [];
  private readonly participants = new Map<string, Participant<undefined>>();
  private isCalm = false;
  private isOver = false;

  constructor(private readonly options: SimulationOptions) {
    this.chance = new Chance(options.seed);
    for (const topic of ['shop.events', 'inventory.commands', 'payment.commands', 'shipping.commands']) {
      this.broker.createTopic(topic, { partitions: 2 });
    }
    this.broker.createTopic(installation.homeTopic, { partitions: installation.homePartitions });
  }

  async run(): Promise<SimulationReport> {
    const startedAt = this.clock.now();
    for (let index = 0; index < this.options.coordinators; index += 1) this.startCoordinator(index);
    this.startParticipant('inventory', 'reserve', 'reserve', 'release');
    this.startParticipant('payment', 'charge', 'charge', 'refund');
    this.startParticipant('shipping', 'arrange', 'arrange', undefined);
    this.placeOrders();
    await this.clock.run(mischiefForMs);
    this.isCalm = true;
    for (const process of this.processes) process.mischief = noMischief;
    await this.clock.run(calmForMs, () => this.isSettled());
    await this.clock.run(2_000);
    const problems = this.problems();
    const crashes = [...this.crashes];
    this.isOver = true;
    for (const process of this.processes) process.kill();
    return { problems, statuses: this.statuses(), crashes, virtualMs: this.clock.now() - startedAt };
  }

  private startCoordinator(index: number): void {
    const process = this.newProcess(`coordinator ${index}`, () => this.startCoordinator(index));
    const clock = new ProcessClock(process);
    const sourceOf = (group: string, topics: readonly string[]) =>
      new ProcessSource(process, new InMemoryEventSource(this.broker, { group, topics }));
    const definitions = fixedDefinitions(this.program, clock);
    const coordinator = new Coordinator({
      installation,
      keyring,
      definitions,
      lanes: new ProcessLaneStore(process, this.laneStore()),
      housekeeping: new InMemoryHousekeepingStore(this.tables),
      operators: new InMemoryOperatorStore(this.tables),
      homeSource: sourceOf(installation.group, [installation.homeTopic]),
      domainSource: (topics) => sourceOf(installation.gateGroup, topics),
      laneSink: new ProcessSink(process, this.coordinatorSink()),
      gateSink: new ProcessSink(process, new InMemoryCommandSink(this.broker)),
      clock,
      log: this.options.log ?? new NoLog(),
      owner: `run ${this.processes.length}`,
      settings: { batchRecords: 1 + this.chance.below(50), cachedSagas: this.chance.pick([1, 5, 1_000]) },
      housekeepingSettings: { lingerMs: 24 * 3_600_000 },
    });
    void definitions.start().then(() => coordinator.start());
  }

  private laneStore(): LaneStore {
    const sound = new InMemoryLaneStore(this.tables);
    return this.options.planted?.laneStore?.(sound) ?? sound;
  }

  private coordinatorSink(): CommandSink {
    const sound = new InMemoryCommandSink(this.broker);
    return this.options.planted?.coordinatorSink?.(sound) ?? sound;
  }

  private startParticipant(
    name: string,
    step: keyof OrderFate,
    command: string,
    undo: string | undefined,
  ): void {
    // Memory and ledger are the participant's database: they outlive its process.
    const sound = new ForgetfulOperationMemory(this.clock);
    const memory = this.options.planted?.participantMemory?.(sound) ?? sound;
    const handlers = orderHandlers(this.participantWorld(), name, step, command, undo);
    const start = (): void => this.runParticipant(name, handlers, memory, start);
    start();
  }

  private runParticipant(
    name: string,
    handlers: CommandHandlers<undefined>,
    memory: ForgetfulOperationMemory,
    again: () => void,
  ): void {
    const process = this.newProcess(name, again);
    const sink = new ProcessSink(process, new InMemoryCommandSink(this.broker));
    const source = new ProcessSource(
      process,
      new InMemoryEventSource(this.broker, { group: name, topics: [`${name}.commands`] }),
    );
    const participant = new Participant(
      { name, handlers, source, sink, memory, clock: new ProcessClock(process) },
      { commitEveryMs: 1_000 },
    );
    this.participants.set(name, participant);
    void sink.start().then(() => participant.start());
  }

  private newProcess(name: string, again: () => void): SimulatedProcess {
    const mischief = this.isCalm ? noMischief : this.options.mischief;
    const process = new SimulatedProcess(this.clock, this.chance, mischief, (where) =>
      this.crashes.push(`${name}: ${where}`),
    );
    process.whenDead(() => {
      if (!this.isOver) this.clock.after(100 + this.chance.below(15_000), again);
    });
    this.processes.push(process);
    return process;
  }

  private participantWorld(): ParticipantWorld {
    return {
      ledger: this.ledger,
      fateOf: (order) => this.fates.get(order)!,
      wait: (ms) => new Promise((resolve) => this.clock.after(ms, resolve)),
      completeLater: (name, operation, order, act) => this.completeLater(name, operation, order, act),
    };
  }

  /** Until the participant lives long enough to store its late answer, it tries again, as an outbox would. */
  private completeLater(name: string, operation: string, order: string, act: () => void): void {
    this.clock.after(8_000 + this.chance.below(8_000), () => {
      void this.participants.get(name)!.complete(operation, () => {
        act();
        return { done: order };
      });
    });
  }

  private placeOrders(): void {
    for (let index = 0; index < this.options.orders; index += 1) {
      const order = `order-${index}`;
      this.fates.set(order, drawFate(this.chance));
      this.clock.after(this.chance.below(8_000), () => this.place(order, this.clock.now()));
    }
  }

  private place(order: string, at: number): void {
    const headers = eventHeaders({
      id: order,
      source: '/shop',
      type: 'shop.order.placed',
      at,
      hops: 0,
      trace: {},
    });
    const record = {
      topic: 'shop.events',
      part: eventPartition(order, 2),
      key: order,
      value: JSON.stringify({ orderId: order }),
      headers,
    };
    this.broker.append(record);
    if (this.chance.happens(0.2))
      this.clock.after(this.chance.below(10_000), () => this.broker.append(record));
  }

  private isSettled(): boolean {
    if (this.tables.instances.size < this.options.orders) return false;
    if ([...this.tables.outbox.values()].some((rows) => rows.size > 0)) return false;
    return [...this.tables.instances.values()].every(
      (saga) => saga.finishedAt !== undefined || saga.incident,
    );
  }

  private statuses(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, incident } of this.tables.instances.values()) {
      const name = incident ? `${status} with an incident` : status;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  private problems(): readonly string[] {
    const problems: string[] = [];
    const outcomes = this.outcomeEvents();
    for (const order of this.fates.keys())
      problems.push(...this.problemsOf(order, outcomes.get(order) ?? new Set()));
    for (const row of this.tables.parked.values()) {
      problems.push(`${row.topic}/${row.part}/${row.offset} was parked: ${row.reason} ${row.message}`);
    }
    for (const incident of this.tables.incidents.values()) {
      if (incident.saga === undefined)
        problems.push(`incident of a lane: ${incident.code} ${incident.message}`);
    }
    return problems;
  }

  private problemsOf(order: string, outcomes: ReadonlySet<string>): readonly string[] {
    const sagas = [...this.tables.instances.values()].filter(({ businessKey }) => businessKey === order);
    const saga = sagas[0];
    if (saga === undefined || sagas.length > 1) return [`${order} has ${sagas.length} sagas`];
    const story = `${order} (${saga.status}, ${JSON.stringify(this.fates.get(order))})`;
    if (saga.incident)
      return [
        `${story} has an incident: ${Object.values(JSON.parse(saga.state).incidents ?? {})
          .map((one) => JSON.stringify(one))
          .join()}`,
      ];
    const wanted = { completed: 1, compensated: 0 }[saga.status as string];
    if (wanted === undefined) return [`${story} did not end`];
    const problems: string[] = [];
    for (const step of ['reserve', 'charge', 'arrange'] as const) {
      const balance = this.ledger.balance(order, step);
      if (balance !== wanted) problems.push(`${story} ended with ${step} effective ${balance} times`);
    }
    const told = wanted === 1 ? 'shop.order.fulfilled' : 'shop.order.rejected';
    if ([...outcomes].join() !== told) problems.push(`${story} told ${[...outcomes].join() || 'nothing'}`);
    return problems;
  }

  private outcomeEvents(): ReadonlyMap<string, ReadonlySet<string>> {
    const outcomes = new Map<string, Set<string>>();
    for (const record of [0, 1].flatMap((part) => this.recordsOf('shop.events', part))) {
      const type = headerText(record.headers, header.type)!;
      if (type === 'shop.order.placed') continue;
      const order = record.key!.toString();
      outcomes.set(order, (outcomes.get(order) ?? new Set()).add(type));
    }
    return outcomes;
  }

  private recordsOf(topic: string, part: number): readonly InboundRecord[] {
    const log = this.broker.log({ topic, part })!;
    return log.read(log.start, 1_000_000).records;
  }
}

let compiled: Program | undefined;

function compiledOrder(): Program {
  if (compiled !== undefined) return compiled;
  const { programs, problems } = compileDefinitions([{ file: 'simulated-order.yaml', text: simulatedOrder }]);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (programs[0] === undefined || errors.length > 0) throw new Error(errors.map(formatProblem).join('\n'));
  compiled = programs[0];
  return compiled;
}

function fixedDefinitions(program: Program, clock: ProcessClock): LoadedDefinitions {
  const publication = { revision: 1, documents: [], files: [] };
  return new LoadedDefinitions({
    store: {
      revision: () => Promise.resolve(1),
      load: () => Promise.resolve(publication),
    },
    clock,
    compile: () => [program],
    pollMs: 3_600_000,
  });
}
