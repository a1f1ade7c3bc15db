import {
  NoLog,
  type Clock,
  type CommandSink,
  type InboundRecord,
  type Keyring,
  type Log,
} from '#libs/messaging';
import {
  InMemoryBroker,
  InMemoryCommandSink,
  InMemoryDefinitionStore,
  InMemoryEventSource,
  InMemoryHousekeepingStore,
  InMemoryLaneStore,
  InMemoryOperatorStore,
  InMemoryTables,
} from '#libs/memory';
import { Coordinator, LoadedDefinitions, type Installation, type LaneStore } from '#libs/orchestration';
import { ForgetfulOperationMemory, Participant, type CommandHandlers } from '#libs/participant';
import type { Program } from '#libs/saga';
import { FakeClock } from '../fake-clock.js';
import { Chance } from './chance.js';
import {
  noMischief,
  ProcessClock,
  ProcessLaneStore,
  ProcessSink,
  ProcessSource,
  SimulatedProcess,
  type Mischief,
} from './simulated-process.js';

/** Each takes a sound part and returns the one to use instead. */
export interface PlantedFaults {
  readonly laneStore?: (sound: LaneStore) => LaneStore;
  readonly coordinatorSink?: (sound: CommandSink) => CommandSink;
  readonly participantMemory?: (sound: ForgetfulOperationMemory) => ForgetfulOperationMemory;
}

/** What every simulation is made of. The same seed and options always take the same course. */
export interface WorldOptions {
  readonly seed: number;
  readonly coordinators: 1 | 2;
  readonly mischief: Mischief;
  /** Parts replaced by broken ones, to show that the simulation notices. Default: none. */
  readonly planted?: PlantedFaults;
  /** Hears what coordinators say; for following one seed. Default: nobody. */
  readonly log?: Log;
}

/** The installation of every simulated world. */
export const simulatedInstallation: Installation = {
  name: 'sim',
  homeTopic: 'sim.home',
  homePartitions: 3,
  group: 'sim',
  gateGroup: 'sim.gates',
  createdAt: 0,
};

/** What coordinators of simulated worlds sign with. */
export const simulatedKeyring: Keyring = { keys: [{ id: 'k1', secret: 'a secret of the simulation' }] };

const mischiefForMs = 30_000;
const calmForMs = 40 * 60_000;
const pollMs = 5_000;

/**
 * Coordinators and participants on the in-memory adapters, on a virtual clock, while everything that can go wrong at a
 * port does. Mischief ends after half a minute of virtual time; then everything has to come to its end.
 */
export class SimulatedWorld {
  readonly clock = new FakeClock();
  readonly chance: Chance;
  readonly broker = new InMemoryBroker(this.clock);
  readonly tables = new InMemoryTables();
  readonly crashes: string[] = [];
  /** The participant of each name in its present life. */
  readonly participants = new Map<string, Participant<undefined>>();
  isCalm = false;
  private readonly processes: SimulatedProcess[] = [];
  private isOver = false;

  constructor(
    private readonly options: WorldOptions,
    private readonly programs: readonly Program[],
    topics: readonly string[],
    chance = new Chance(options.seed),
  ) {
    this.chance = chance;
    for (const topic of topics) this.broker.createTopic(topic, { partitions: 2 });
    const { homeTopic, homePartitions } = simulatedInstallation;
    this.broker.createTopic(homeTopic, { partitions: homePartitions });
  }

  /** Starts coordinators; they start again whenever they die. */
  start(): void {
    for (let index = 0; index < this.options.coordinators; index += 1) this.startCoordinator(index);
  }

  /** Lets time pass, first with mischief and then without, until everything is settled or time is up. */
  async run(isSettled: () => boolean): Promise<void> {
    await this.clock.run(mischiefForMs);
    this.isCalm = true;
    for (const process of this.processes) process.mischief = noMischief;
    // What is settled may move once more: a late answer ends an incident, and the saga goes on.
    do {
      if (!(await this.clock.run(calmForMs, isSettled))) return;
      await this.clock.run(2_000);
    } while (!isSettled());
  }

  /** Ends everything that still runs. */
  end(): void {
    this.isOver = true;
    for (const process of this.processes) process.kill();
  }

  /** Starts a participant; its memory, and what its handlers keep, is its database and outlives its process. */
  startParticipant(name: string, handlers: CommandHandlers<undefined>): void {
    const sound = new ForgetfulOperationMemory(this.clock);
    const memory = this.options.planted?.participantMemory?.(sound) ?? sound;
    const start = (): void => this.runParticipant(name, handlers, memory, start);
    start();
  }

  /** Everything that was written to a topic of two partitions. */
  recordsOf(topic: string): readonly InboundRecord[] {
    return [0, 1].flatMap((part) => {
      const log = this.broker.log({ topic, part })!;
      return log.read(log.start, 1_000_000).records;
    });
  }

  /** Nothing waits to be sent. */
  isSent(): boolean {
    return [...this.tables.outbox.values()].every((rows) => rows.size === 0);
  }

  statuses(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, incident } of this.tables.instances.values()) {
      const name = incident ? `${status} with an incident` : status;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** What must never be left behind, whatever the sagas are about. */
  leftBehind(): readonly string[] {
    const parked = [...this.tables.parked.values()].map(
      (row) => `${row.topic}/${row.part}/${row.offset} was parked: ${row.reason} ${row.message}`,
    );
    const lanes = [...this.tables.incidents.values()].flatMap(({ saga, code, message }) =>
      saga === undefined ? [`incident of a lane: ${code} ${message}`] : [],
    );
    return [...parked, ...lanes];
  }

  private startCoordinator(index: number): void {
    const process = this.newProcess(`coordinator ${index}`, () => this.startCoordinator(index));
    const clock = new ProcessClock(process);
    const { homeTopic, group, gateGroup } = simulatedInstallation;
    const sourceOf = (readers: string, topics: readonly string[]) =>
      new ProcessSource(process, new InMemoryEventSource(this.broker, { group: readers, topics }));
    const definitions = this.definitionsOf(clock);
    const coordinator = new Coordinator({
      installation: simulatedInstallation,
      keyring: simulatedKeyring,
      definitions,
      lanes: new ProcessLaneStore(process, this.laneStore()),
      housekeeping: new InMemoryHousekeepingStore(this.tables),
      operators: new InMemoryOperatorStore(this.tables),
      homeSource: sourceOf(group, [homeTopic]),
      domainSource: (topics) => sourceOf(gateGroup, topics),
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

  /** What is published, as somebody sees it who goes by this clock. */
  definitionsOf(clock: Clock): LoadedDefinitions {
    return new LoadedDefinitions({
      store: new InMemoryDefinitionStore(this.tables, this.clock),
      clock,
      compile: () => this.programs,
      pollMs,
    });
  }

  private laneStore(): LaneStore {
    const sound = new InMemoryLaneStore(this.tables, this.clock);
    return this.options.planted?.laneStore?.(sound) ?? sound;
  }

  private coordinatorSink(): CommandSink {
    const sound = new InMemoryCommandSink(this.broker);
    return this.options.planted?.coordinatorSink?.(sound) ?? sound;
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
}
