import {
  NoFieldKeys,
  type Clock,
  type CommandSink,
  type EventSource,
  type FieldKeys,
  type Keyring,
  type Log,
} from '#libs/messaging';
import { Admission } from './admission.js';
import type { Coordination } from './coordination.js';
import type { Desk } from './desks/desk.js';
import { registeredDesks } from './desks/registered-desks.js';
import { Gates } from './gates.js';
import { defaultHousekeepingSettings, Housekeeper, type HousekeepingSettings } from './housekeeper.js';
import type { HousekeepingStore } from './housekeeping-store.js';
import type { Installation } from './installation-store.js';
import { defaultLaneSettings, type LaneSettings } from './lane-settings.js';
import type { LaneStore } from './lane-store.js';
import { Lanes } from './lanes.js';
import { LimitIntake } from './limits/limit-intake.js';
import type { LoadedDefinitions } from './loaded-definitions.js';
import type { OperatorStore } from './operator-store.js';
import { Publisher } from './publisher.js';
import { Schedules } from './schedules.js';
import { NoSagaMetrics, type SagaMetrics } from './saga-metrics.js';
import { NoSagaTrace, type SagaTrace } from './saga-trace.js';
import { sealingKeyring } from './sealing-keyring.js';
import { linkedSagas } from './linked-saga.js';
import { MoveLane } from './use-cases/move-lane.js';

/** What a coordinator is composed of. The sources and sinks are its own: it starts and stops them. */
export interface CoordinatorParts {
  readonly installation: Installation;
  readonly keyring: Keyring;
  /** The keys of what comes and goes encrypted. Default: none. */
  readonly fieldKeys?: FieldKeys;
  readonly definitions: LoadedDefinitions;
  readonly lanes: LaneStore;
  readonly housekeeping: HousekeepingStore;
  readonly operators: OperatorStore;
  /** Reads the home topic in the installation's group. */
  readonly homeSource: EventSource;
  /** Makes a reader of domain topics in the gates' group. */
  readonly domainSource: (topics: readonly string[]) => EventSource;
  /** What lanes publish through. */
  readonly laneSink: CommandSink;
  /** What gates forward through; another producer, so that neither waits for the other. */
  readonly gateSink: CommandSink;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of this process. One run of it is told from the next by the time it began. */
  readonly owner: string;
  readonly trace?: SagaTrace;
  readonly metrics?: SagaMetrics;
  readonly settings?: Partial<LaneSettings>;
  /** The desks there are, by kind. Default: those of this library. */
  readonly desks?: ReadonlyMap<string, Desk>;
  readonly housekeepingSettings?: Partial<HousekeepingSettings>;
  /** See {@link Admission}. Default 2,000 records a home partition. */
  readonly backlogLimit?: number;
}

/**
 * One coordinator process: gates, lanes, publisher and housekeeping. Several share an installation; Kafka's consumer
 * groups distribute its partitions among them.
 */
export class Coordinator {
  private readonly publisher: Publisher;
  private readonly lanes: Lanes;
  private readonly gates: Gates;
  private readonly schedules: Schedules;
  private readonly housekeeper: Housekeeper;
  /** For a lane that is halted. */
  readonly moveLane: MoveLane;
  private state: 'new' | 'running' | 'stopped' = 'new';

  /** Called when a source has died for good: the process should end and be started anew. Default: nothing. */
  onFatal: (error: Error) => void = () => undefined;

  constructor(private readonly parts: CoordinatorParts) {
    const { installation, definitions, clock, log } = parts;
    const keyring = sealingKeyring(parts.keyring, definitions);
    const owner = `${parts.owner}/${clock.now().toString(36)}`;
    const onFatal = (error: Error): void => this.onFatal(error);
    const trace = parts.trace ?? new NoSagaTrace();
    const metrics = parts.metrics ?? new NoSagaMetrics();
    const basis = {
      installation,
      keyring,
      fieldKeys: parts.fieldKeys ?? new NoFieldKeys(),
      definitions,
      store: parts.lanes,
      clock,
      log,
      trace,
      metrics,
      owner,
      onFatal,
    };
    const settings = { ...defaultLaneSettings, ...parts.settings };
    const desks = parts.desks ?? registeredDesks;
    const lanes: Coordination = {
      ...basis,
      findLinked: linkedSagas(parts.operators),
      source: parts.homeSource,
      sink: parts.laneSink,
      settings,
      desks,
    };
    this.publisher = new Publisher({
      sink: parts.laneSink,
      clock,
      log,
      keyring,
      installation,
      definitions,
      store: parts.lanes,
    });
    this.lanes = new Lanes(lanes, this.publisher);
    this.gates = new Gates({
      ...basis,
      sourceOf: parts.domainSource,
      sink: parts.gateSink,
      admission: this.admission(),
      limitIntake: new LimitIntake({ clock, definitions, queues: () => parts.operators.limitQueues() }),
      maxValueBytes: settings.messageBytes,
    });
    this.schedules = new Schedules({ ...basis, sink: parts.gateSink });
    const housekeeping = { ...defaultHousekeepingSettings, ...parts.housekeepingSettings };
    metrics.watch({
      census: () => parts.operators.census(clock.now(), definitions.targets()),
      definitions: () => definitions.all().map(({ definition }) => definition),
      ownerOf: (definition) => parts.definitions.current(definition)?.owner,
      participants: () => definitions.participants(),
      ownerOfParticipant: (name) => definitions.ownerOfParticipant(name),
      lanes: () => this.lanes.gauges,
      targets: () => definitions.targets(),
      outbox: () => ({ messages: this.publisher.backlog, oldestMs: this.publisher.oldestMs }),
    });
    const { lanes: store, operators, homeSource: source } = parts;
    this.moveLane = new MoveLane({ store, operators, source, clock, owner });
    this.housekeeper = new Housekeeper(
      lanes,
      parts.housekeeping,
      (saga) => this.publisher.isWaiting(saga),
      housekeeping,
    );
  }

  /** Joins the groups and begins to work. The definitions have to be started before. */
  async start(): Promise<void> {
    if (this.state !== 'new') return;
    this.state = 'running';
    await Promise.all([this.parts.laneSink.start(), this.parts.gateSink.start()]);
    this.publisher.start();
    await this.lanes.start();
    await this.gates.start();
    this.schedules.start();
    this.housekeeper.start();
  }

  /** Takes in nothing new, finishes and publishes what is under way, leaves the groups. Safe twice and before start. */
  async stop(): Promise<void> {
    if (this.state !== 'running') return;
    this.state = 'stopped';
    await this.schedules.stop();
    await this.gates.stop();
    await this.housekeeper.stop();
    await this.lanes.stop();
    await this.publisher.stop();
    await Promise.all([this.parts.laneSink.stop(), this.parts.gateSink.stop()]);
  }

  /** Whether it works: every lane and gate assigned to it has been taken over. A halted one does not make it unready. */
  get isReady(): boolean {
    if (this.state !== 'running') return false;
    const lanes = this.lanes.phases.every(({ phase }) => phase === 'ready' || phase === 'halted');
    return lanes && this.gates.phases.every(({ phase }) => phase === 'open' || phase === 'halted');
  }

  /** What each lane and gate of this process is doing. */
  get phases(): { readonly lanes: Lanes['phases']; readonly gates: Gates['phases'] } {
    return { lanes: this.lanes.phases, gates: this.gates.phases };
  }

  private admission(): Admission {
    const { installation, operators, clock, backlogLimit } = this.parts;
    return new Admission({
      clock,
      ...(backlogLimit === undefined ? {} : { backlogLimit }),
      folded: (part) => this.lanes.nextOffset(part),
      storedPositions: async () => {
        const lanes = (await operators.lanes()).filter(({ topic }) => topic === installation.homeTopic);
        return new Map(lanes.map(({ part, nextOffset }) => [part, nextOffset ?? 0]));
      },
    });
  }
}
