import { eventTopic, type CancelTimer, type Clock, type Instant, type SagaId } from '#libs/messaging';
import {
  participantOf,
  type CommandLimit,
  type EventTrigger,
  type Program,
  type SagaState,
  type SagaTrigger,
  type ScheduleTrigger,
  type SagaTarget,
  type WebhookTrigger,
} from '#libs/saga';
import type { ChangedDocument } from './changed-document.js';
import type { DefinitionStore, Publication, SwitchedToggle } from './definition-store.js';
import { byName, DefinitionEditions, programName } from './definition-editions.js';
import type { StoredInstance } from './lane-store.js';
import { awaitedEvents, type LoadedEvent } from './loaded-events.js';
import { factsByEvent, type LoadedFact } from './loaded-facts.js';
import { participantOwners } from './participant-owners.js';
import type { Pause } from './pauses/pause.js';
import { Pauses, type PausableCommand, type SentCommand } from './pauses/pauses.js';

const skewMs = 60_000;

/** Makes runnable programs of everything published. @throws when a document that was published does not compile. */
export type CompilePublication = (publication: Publication) => readonly Program[];

/** A trigger that waits for events of a topic. */
export type TopicTrigger = EventTrigger | WebhookTrigger;

/** A trigger with the program it starts. */
export interface LoadedTrigger {
  readonly program: Program;
  readonly trigger: TopicTrigger;
  /** Events older than this were there before anybody wanted them: they start nothing. */
  readonly since: Instant;
}

/** A definition that waits for the end of sagas of another one. */
export interface Follower {
  readonly definition: string;
  readonly trigger: SagaTrigger;
}

/** A definition with a time at which it starts. */
export interface Scheduled {
  readonly definition: string;
  readonly trigger: ScheduleTrigger;
}

/** What {@link LoadedDefinitions} works with. */
export interface LoadedDefinitionsOptions {
  readonly store: Pick<DefinitionStore, 'revision' | 'load'>;
  readonly clock: Clock;
  readonly compile: CompilePublication;
  /** How often the store is asked for something new. Default 2,000. */
  readonly pollMs?: number;
  /** Told of a poll that failed; what was loaded before stays in use. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The published definitions, compiled and kept up to date.
 *
 * Reading is synchronous and free of I/O, so that lanes and gates may ask for every record. Another process's
 * publication is seen within `pollMs`; {@link load} sees it at once.
 */
export class LoadedDefinitions {
  private programs: ReadonlyMap<string, Program> = new Map();
  private newest: ReadonlyMap<string, Program> = new Map();
  private triggers: ReadonlyMap<string, readonly LoadedTrigger[]> = new Map();
  private awaited: ReadonlyMap<string, LoadedEvent> = new Map();
  private facts: ReadonlyMap<string, readonly LoadedFact[]> = new Map();
  private followers: ReadonlyMap<string, readonly Follower[]> = new Map();
  private toggles: readonly SwitchedToggle[] = [];
  private limits: ReadonlyMap<string, CommandLimit> = new Map();
  private pauses = new Pauses();
  private owners: ReadonlyMap<string, string | undefined> = new Map();
  private editions = new DefinitionEditions({ revision: -1, documents: [], files: [] }, () => []);
  private readonly formerPrograms = new Map<string, Program>();
  private encrypting = false;
  private revision = -1;
  private running = false;
  private refreshing: Promise<void> | undefined;
  private cancelPoll: CancelTimer | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: LoadedDefinitionsOptions) {}

  /** Loads everything once and keeps looking. Errors of the first load are thrown: without definitions nothing can be folded. */
  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      await this.refresh();
    } catch (error) {
      this.running = false;
      throw error;
    }
    this.schedule();
  }

  /** Stops looking and waits for a load under way. Safe twice and before `start`. */
  async stop(): Promise<void> {
    this.running = false;
    this.cancelPoll?.();
    await this.refreshing?.catch(() => undefined);
  }

  /** The program of exactly this version as a new saga would run it, if it is loaded. */
  program(definition: string, version: number): Program | undefined {
    return this.programs.get(programName(definition, version));
  }

  /** The program that a saga runs: its version, with what that was written against in the edition it keeps. */
  programIn(edition: Instant | undefined, definition: string, version: number): Program | undefined {
    return this.editions.isPresent(edition)
      ? this.program(definition, version)
      : this.editions.program(edition, definition, version);
  }

  /** The program that a stored saga runs; its state need not be decoded again where that was done. */
  programOf(
    { definition, version, state }: Pick<StoredInstance, 'definition' | 'version' | 'state'>,
    decoded?: SagaState,
  ): Program | undefined {
    if (this.editions.isSingle) return this.program(definition, version);
    const { facts } = decoded ?? (JSON.parse(state) as SagaState);
    return this.programIn(facts.edition, definition, version);
  }

  /** The edition that a saga begun at `now` keeps: of tables, fragments, participants and the namespace. */
  editionAt(now: Instant, definition: string, version: number): Instant | undefined {
    return this.editions.at(now, definition, version);
  }

  /** What participants and the namespace said in an edition and say otherwise now. */
  changesSince(edition: Instant | undefined): readonly ChangedDocument[] {
    return this.editions.changesSince(edition);
  }

  /** What the newest edition of participants and namespace says otherwise than the one before. */
  newestChanges(): readonly ChangedDocument[] {
    return this.editions.newestChanges();
  }

  /** The newest version of a definition: what a new instance runs. */
  current(definition: string): Program | undefined {
    return this.newest.get(definition);
  }

  /** What the toggles of a new instance are: as they were last switched, else as its definition says. */
  togglesOf({ definition, toggles = {} }: Program): Readonly<Record<string, boolean>> {
    const switched = this.toggles.filter((toggle) => toggle.definition === definition);
    if (switched.length === 0) return toggles;
    const own = switched.filter(({ toggle }) => Object.hasOwn(toggles, toggle));
    return { ...toggles, ...Object.fromEntries(own.map(({ toggle, on }) => [toggle, on])) };
  }

  /** The name of the limit that a command has to wait for: of what is only paused, its participant's. */
  limitOf(command: SentCommand): string | undefined {
    const limit = this.limits.get(command.call)?.name;
    if (limit !== undefined) return limit;
    return this.pauseOn(command) === undefined ? undefined : command.participant;
  }

  /** The pause that holds a command now. */
  pauseOn(command: PausableCommand): Pause | undefined {
    return this.pauses.on(command, this.options.clock.now());
  }

  /** The pauses that hold whatever a saga would send. */
  pausesOf(saga: SagaId, definition: string): readonly Pause[] {
    return this.pauses.ofSaga(saga, definition, this.options.clock.now());
  }

  /** What people have paused, as long as it holds anything. */
  get paused(): readonly Pause[] {
    return this.pauses.inForce(this.options.clock.now());
  }

  /** The limits that new sagas of a definition would wait for. */
  limitsOn(definition: string): readonly CommandLimit[] {
    const { calls = [], limits = {} } = this.current(definition) ?? {};
    const stopped = calls.filter((call) => limits[call] === undefined && this.pauses.stops(call, definition));
    return [...Object.values(limits), ...stopped.map((call) => ({ name: participantOf(call) }))];
  }

  /** The limit of this name. */
  limitNamed(name: string): CommandLimit | undefined {
    return [...this.limits.values()].find((limit) => limit.name === name);
  }

  /** Whether anything is limited, or paused, at all. */
  get isLimiting(): boolean {
    return this.limits.size > 0 || this.paused.length > 0;
  }

  /** Whether a definition encrypts anything. */
  get isEncrypting(): boolean {
    return this.encrypting;
  }

  /** Toggles that were ever switched. */
  switchedToggles(): readonly SwitchedToggle[] {
    return this.toggles;
  }

  /** The newest version of every definition, by name. */
  all(): readonly Program[] {
    return [...this.newest.values()];
  }

  /** Every version of every definition: all that may still run. */
  versions(): readonly Program[] {
    return [...this.programs.values()];
  }

  /** Like {@link program}, but looks into the store first when the version is not loaded yet. */
  load(definition: string, version: number): Promise<Program | undefined> {
    return this.found(() => this.program(definition, version));
  }

  /** Like {@link programIn}, but looks into the store first when version or edition is not loaded yet. */
  loadIn(edition: Instant | undefined, definition: string, version: number): Promise<Program | undefined> {
    return this.found(() => this.programIn(edition, definition, version));
  }

  private async found(find: () => Program | undefined): Promise<Program | undefined> {
    const known = find();
    if (known !== undefined) return known;
    // A look under way may have read the store before the version was published.
    await this.refreshing?.catch(() => undefined);
    await this.refresh();
    return find();
  }

  /** What an event of this type starts: triggers of the newest version of each definition. */
  triggersOf(eventType: string): readonly LoadedTrigger[] {
    return this.triggers.get(eventType) ?? [];
  }

  /** What instances that wait for events of this type need to know of it; `undefined` when none can wait for it. */
  awaitedEvent(eventType: string): LoadedEvent | undefined {
    return this.awaited.get(eventType);
  }

  /** The facts that are known from events of this type, as far as any definition needs them. */
  factsFrom(eventType: string): readonly LoadedFact[] {
    return this.facts.get(eventType) ?? [];
  }

  /** Whether any definition waits for events, or for what is known from them, at all. */
  get isListening(): boolean {
    return this.awaited.size > 0 || this.facts.size > 0;
  }

  /** What the end of a saga of this definition starts: triggers of the newest version of each definition. */
  followersOf(definition: string): readonly Follower[] {
    return this.followers.get(definition) ?? [];
  }

  /** How fast the newest versions say that their sagas should be. */
  targets(): readonly (SagaTarget & { readonly definition: string })[] {
    return [...this.newest.values()].flatMap(({ definition, target }) =>
      target === undefined ? [] : [{ definition, ...target }],
    );
  }

  /** The participants that have a contract. */
  participants(): readonly string[] {
    return [...this.owners.keys()];
  }

  /** Who answers for what a participant does and tells, by its contract. */
  ownerOfParticipant(name: string): string | undefined {
    return this.owners.get(name);
  }

  /** The schedules of the newest versions. */
  schedules(): readonly Scheduled[] {
    return [...this.newest.values()].flatMap(({ definition, triggers }) =>
      triggers.flatMap((trigger) => (trigger.kind === 'schedule' ? [{ definition, trigger }] : [])),
    );
  }

  /** The domain topics of everything that starts sagas or is waited for, sorted. */
  topics(): readonly string[] {
    const events = [...this.triggers.keys(), ...this.awaited.keys(), ...this.facts.keys()];
    return [...new Set(events.map(eventTopic))].sort();
  }

  /** Calls `listener` after every change of what is loaded. Returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Looks into the store now. Calls at the same time share one look. */
  refresh(): Promise<void> {
    this.refreshing ??= this.look().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async look(): Promise<void> {
    if ((await this.options.store.revision()) === this.revision) return;
    const publication = await this.options.store.load();
    this.accept(publication, this.options.compile(publication));
  }

  private accept(publication: Publication, programs: readonly Program[]): void {
    this.programs = byName(programs);
    this.editions = new DefinitionEditions(publication, this.options.compile, this.formerPrograms);
    this.newest = newestOf(programs);
    this.triggers = triggersByEvent(this.newest.values(), (definition) =>
      firstPublished(publication, definition),
    );
    this.awaited = awaitedEvents(programs, (definition) => firstPublished(publication, definition));
    this.facts = factsByEvent(programs);
    this.followers = followersByDefinition(this.newest.values());
    this.toggles = publication.toggles ?? [];
    this.limits = new Map(programs.flatMap(({ limits = {} }) => Object.entries(limits)));
    this.pauses = new Pauses(publication.pauses);
    this.owners = participantOwners(publication);
    this.encrypting = programs.some(({ encryption }) => encryption !== undefined);
    this.revision = publication.revision;
    for (const listener of this.listeners) listener();
  }

  private schedule(): void {
    if (!this.running) return;
    this.cancelPoll = this.options.clock.after(this.options.pollMs ?? 2_000, () => {
      void this.refresh()
        .catch((error: unknown) => this.options.onError?.(error))
        .then(() => this.schedule());
    });
  }
}

function newestOf(programs: readonly Program[]): ReadonlyMap<string, Program> {
  const newest = new Map<string, Program>();
  for (const program of [...programs].sort((a, b) => a.definition.localeCompare(b.definition))) {
    const other = newest.get(program.definition);
    if (other === undefined || other.version < program.version) newest.set(program.definition, program);
  }
  return newest;
}

/** A topic may hold years of events; a minute before the first publication allows for clocks that differ. */
function firstPublished(publication: Publication, definition: string): Instant {
  const versions = publication.documents.filter(({ kind, name }) => kind === 'saga' && name === definition);
  return versions.length === 0 ? 0 : Math.min(...versions.map(({ publishedAt }) => publishedAt)) - skewMs;
}

function followersByDefinition(programs: Iterable<Program>): ReadonlyMap<string, readonly Follower[]> {
  const followers = new Map<string, Follower[]>();
  for (const { definition, triggers } of programs)
    for (const trigger of triggers)
      if (trigger.kind === 'saga')
        followers.set(trigger.definition, [
          ...(followers.get(trigger.definition) ?? []),
          { definition, trigger },
        ]);
  return followers;
}

function triggersByEvent(
  programs: Iterable<Program>,
  sinceOf: (definition: string) => Instant,
): ReadonlyMap<string, readonly LoadedTrigger[]> {
  const byEvent = new Map<string, LoadedTrigger[]>();
  for (const program of programs) {
    const since = sinceOf(program.definition);
    for (const trigger of program.triggers) {
      if (trigger.kind !== 'event' && trigger.kind !== 'webhook') continue;
      const triggers = byEvent.get(trigger.event) ?? [];
      triggers.push({ program, trigger, since });
      byEvent.set(trigger.event, triggers);
    }
  }
  return byEvent;
}
