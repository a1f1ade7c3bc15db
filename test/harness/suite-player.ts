import type { ShownSummary } from '../../apps/cli/src/shown-saga.js';
import type { ShownTask } from '../../apps/cli/src/shown-task.js';
import { SystemClock, type Json, type JsonObject } from '#libs/messaging';
import {
  compileDefinitions,
  exampleOf,
  formatProblem,
  itemAt,
  namesAt,
  operationParts,
  outsideOf,
  saidOfFact,
  scriptReader,
  type CaseReport,
  type HeardMove,
  type Move,
  type NeededFact,
  type ScriptReader,
  type TestCase,
  type TestSuite,
} from '#libs/saga';
import type { Behaviour, Delivery } from './behaviour.js';
import type { SagaPage } from './coordinator-api.js';
import { eventually } from './deadline.js';
import { hereAndNow, instantText, type HereAndNow } from './here-and-now.js';
import { moveBehaviour, overlaid } from './move-behaviour.js';
import type { SagaBench } from './saga-bench.js';

/** A case that is played on a bench, as the saga of this business key. */
export interface PlayedCase {
  readonly key: string;
  readonly one: TestCase;
}

/** How events come to a saga that waits for one in a block. */
export type EventsFor = Readonly<
  Record<string, (page: SagaPage) => { readonly type: string; readonly data: JsonObject }>
>;

/** A fact that is told about a key: the data of the event it is known from. */
export interface ToldFact {
  readonly key: string;
  readonly data: JsonObject;
}

/** What a player needs to know that a tests document does not say. */
export interface SuitePlayerOptions {
  readonly suite: TestSuite;
  /** The field of the start event that is the business key. */
  readonly keyField: string;
  /** What else is another one in each case. */
  readonly ids?: readonly string[];
  /** Events that the document does not name. */
  readonly events?: EventsFor;
  /** Fields of outputs that are another one in each saga, by command. */
  readonly own?: Readonly<Record<string, (key: string) => JsonObject>>;
  /** The events that a fact of the document is known from, by fact. */
  readonly facts?: Readonly<
    Record<string, (key: string, value: JsonObject, asOf: string) => readonly ToldFact[]>
  >;
  /** What has to be there before a case starts. */
  readonly before?: (key: string) => Promise<void>;
}

/** The tests among these files, compiled. @throws Error when something does not compile. */
export function suitesIn(files: Readonly<Record<string, string>>): readonly TestSuite[] {
  const documents = Object.entries(files).filter(([name]) => name.endsWith('.yaml'));
  const { tests, problems } = compileDefinitions(
    documents.map(([file, text]) => ({ file, text })),
    files,
  );
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return tests;
}

/**
 * Plays cases of a tests document on a bench: participants, people, events and facts do what the document says, on the
 * real broker and database. Times in it are not waited for; those in the definition are.
 */
export class SuitePlayer {
  private readonly readers = new Map<string, ScriptReader>();
  private readonly places = new Map<string, HereAndNow>();
  /** What somebody does with each task; nothing, when it is done. */
  private readonly people = new Map<string, Move | undefined>();
  /** Operations that participants have settled. */
  private readonly settled = new Set<string>();
  private readonly clock = new SystemClock();

  constructor(
    private readonly bench: SagaBench,
    private readonly options: SuitePlayerOptions,
  ) {}

  /**
   * Starts them all, and resolves with their sagas when the last one has come to its end: an incident, where its case
   * claims one. Cases that start nothing have none.
   */
  async play(cases: readonly PlayedCase[], withinMs = 60_000): Promise<ReadonlyMap<string, SagaPage>> {
    const pages = new Map<string, SagaPage>();
    await Promise.all(cases.map((each) => this.begin(each)));
    const awaited = cases.filter(({ one }) => claimed(one, 'outcome') !== 'not-started');
    const left = (): readonly PlayedCase[] => awaited.filter(({ key }) => !pages.has(key));
    try {
      await eventually(
        'every case to end',
        async () => {
          await this.answerTasks();
          const sagas = await this.sagas();
          for (const each of left()) await this.lookAfter(each, sagas.get(each.key), pages);
          return left().length === 0;
        },
        withinMs,
      );
    } catch (error) {
      const open = await Promise.all(
        left().map(async ({ key }) => `${key} ${storyOf(await this.pageOf(key))}`),
      );
      throw new Error(`${String(error)}\n${open.join('\n')}`, { cause: error });
    }
    return pages;
  }

  private async begin({ key, one }: PlayedCase): Promise<void> {
    const { suite, keyField, ids = [], before } = this.options;
    const { start, at, scripts } = one.part;
    if (start.kind !== 'event') throw new Error(`"${one.name}" is started by no event`);
    const said = start.data as JsonObject;
    const own = [
      ...ids.map((id) => [id, `${id} of ${key}`] as const),
      [String(said[keyField]), key] as const,
    ];
    this.places.set(key, { shiftMs: this.clock.now() - at, ids: new Map(own) });
    this.readers.set(key, scriptReader(scripts));
    for (const call of suite.program.calls)
      this.bench.participants.behave(call, (delivery) => this.behaviourOf(call, delivery), { key });
    await before?.(key);
    await this.tellFacts(key);
    await this.bench.publish(start.event, { ...(this.here(key, said) as JsonObject), [keyField]: key });
  }

  /** First what others than its source say of a fact. What is too old for whoever asks is told, and not waited for. */
  private async tellFacts(key: string): Promise<void> {
    for (const needed of this.options.suite.program.facts ?? []) {
      const { fact, source, freshMs = Infinity } = needed;
      const { hearsay, counting } = saidOfFact(() => this.readers.get(key)?.next([fact], ''), source);
      for (const move of hearsay) await this.tellFact(key, needed, move);
      if (counting?.kind !== 'heard' || counting.what !== 'fact') continue;
      const told = await this.tellFact(key, needed, counting);
      for (const one of (counting.ageMs ?? 0) < freshMs ? told : [])
        await this.bench.factKnown(fact, one.key);
    }
  }

  private async tellFact(key: string, needed: NeededFact, move: HeardMove): Promise<readonly ToldFact[]> {
    const at = this.clock.now() - (move.ageMs ?? 0);
    const source = move.from ?? needed.source;
    const value = this.here(key, move.data) as JsonObject;
    const told = this.options.facts?.[needed.fact]?.(key, value, instantText(at)) ?? [];
    for (const { data } of told)
      await this.bench.publish(needed.from, data, { at, ...(source && { source }) });
    return told;
  }

  private here(key: string, value: Json): Json {
    return hereAndNow(value, this.places.get(key)!);
  }

  private pageOf(key: string): Promise<SagaPage | undefined> {
    return this.bench.page(key, this.options.suite.program.definition);
  }

  /** The newest saga of each key. */
  private async sagas(): Promise<ReadonlyMap<string, ShownSummary>> {
    const { definition } = this.options.suite.program;
    const newestFirst = await this.bench.api.list(`definition=${definition}&limit=500`);
    return new Map(newestFirst.toReversed().map((saga) => [saga.businessKey, saga]));
  }

  private async lookAfter(
    { key, one }: PlayedCase,
    saga: ShownSummary | undefined,
    pages: Map<string, SagaPage>,
  ): Promise<void> {
    if (saga === undefined) return;
    const isOver = claimed(one, 'incident') === undefined ? saga.finishedAt !== undefined : saga.incident;
    if (!isOver && !this.mayHear(one)) return;
    const page = await this.bench.api.saga(saga.id);
    if (isOver) pages.set(key, page);
    // Said again as long as it is waited for: whoever listens a moment later hears the next one.
    for (const wait of isOver ? [] : page.waitsFor) {
      const event = this.eventFor(page, one, wait);
      if (event !== undefined) await this.bench.publish(event.type, event.data);
    }
  }

  private mayHear({ part }: TestCase): boolean {
    const { events = {} } = this.options;
    return part.scripts.some((script) =>
      [...script].some(([name, { list }]) => name in events || list.some(({ kind }) => kind === 'heard')),
    );
  }

  /** The event that comes to what a saga waits for, if one is to come. */
  private eventFor(
    page: SagaPage,
    { part }: TestCase,
    { block = '', text }: SagaPage['waitsFor'][number],
  ): { readonly type: string; readonly data: JsonObject } | undefined {
    const key = page.businessKey;
    const moveOf = (name: string): Move | undefined => this.readers.get(key)?.all(name)[0];
    const move = moveOf(block);
    if (move !== undefined && move.kind !== 'silent') {
      const event = this.options.events?.[block];
      if (event !== undefined) return event(page);
    }
    const type = part.scripts
      .flatMap((script) => [...script.keys()])
      .find((name) => text.includes(`the event ${name} `) || text.endsWith(`the event ${name}`));
    const heard = type === undefined ? undefined : moveOf(type);
    if (heard?.kind !== 'heard') return undefined;
    return { type: type!, data: this.here(key, heard.data) as JsonObject };
  }

  private behaviourOf(call: string, { command, key }: Delivery): Behaviour {
    const { definition } = this.options.suite.program;
    const example = this.exampleFor(call, key);
    // An event may start sagas of other definitions, too: they are no part of the case.
    if (command.sagaType !== definition) return { succeeded: example };
    // What was settled is remembered, and answered from memory; otherwise the participant is free to choose again.
    if (this.settled.has(command.operation)) return { succeeded: example };
    const move = this.moveOf(call, { command, key });
    if (move === undefined && command.verifies !== undefined && !this.settled.has(command.verifies))
      return { rejected: 'not-done' };
    if (move?.kind !== 'failed' && move?.kind !== 'silent') this.settled.add(command.operation);
    const said = here(move, (fields) => this.here(key, fields));
    const behaviour = moveBehaviour(said, example);
    const isMute = this.options.suite.contracts.commands.get(call)?.answeredBy !== undefined;
    // Who only publishes events does its work, and says nothing itself.
    return isMute && 'succeeded' in behaviour ? { silent: 'done' } : behaviour;
  }

  private moveOf(call: string, { command, key }: Pick<Delivery, 'command' | 'key'>): Move | undefined {
    const reader = this.readers.get(key);
    if (command.compensates !== undefined || command.verifies !== undefined) return reader?.next([call], '');
    const { iteration = [] } = operationParts(nameIn(command.operation)) ?? {};
    const place = itemAt(outsideOf(this.options.suite.program), command.step, iteration);
    return reader?.next([...namesAt(command.step, iteration), call], place);
  }

  private exampleFor(call: string, key: string): Json {
    const { suite, own } = this.options;
    const output = suite.contracts.commands.get(call)?.output;
    const example = output === undefined ? {} : this.here(key, exampleOf(output));
    return overlaid(example, own?.[call]?.(key) ?? {});
  }

  private async answerTasks(): Promise<void> {
    const { definition } = this.options.suite.program;
    const { body } = await this.bench.api.get<{ readonly tasks: readonly ShownTask[] }>(
      `/tasks?definition=${definition}&limit=500`,
    );
    for (const { id, businessKey, block, asked } of body.tasks) {
      if (!this.people.has(id)) this.people.set(id, this.readers.get(businessKey)?.next([block], ''));
      const move = this.people.get(id);
      if (move?.kind !== 'answered') continue;
      const { answer, items, by = 'somebody', role } = move;
      const fields = this.here(businessKey, move.fields);
      const roles = role === undefined ? asked.flatMap((each) => each.role ?? []) : [role];
      const { status, body: said } = await this.bench.answerTask(id, { answer, fields, items, by, roles });
      if (status >= 400 && status !== 403)
        throw new Error(`${by} cannot answer ${block} of ${businessKey}: ${JSON.stringify(said)}`);
      // Whoever is not asked yet tries again later.
      if (status !== 403) this.people.set(id, undefined);
    }
  }
}

/** What a case claims of something. */
export function claimed({ claims }: TestCase, key: string): Json | undefined {
  return claims.find((claim) => claim.key === key)?.expected;
}

/** What a saga, or a case that was played, says of its end: `completed with result denied`; not why. */
export function endOf({ timeline }: Pick<SagaPage | CaseReport, 'timeline'>): string {
  const end = timeline.findLast(({ kind }) => kind === 'finished')?.text ?? 'not ended';
  return end.replace(/ because .*$/, '');
}

/** The exception paths a saga has taken, in order; but for those that nobody catches. */
export function pathsOf({ timeline }: SagaPage): readonly string[] {
  return timeline
    .filter(({ kind }) => kind === 'caught')
    .map(({ text }) => text.replace('took the path ', ''));
}

/** The engine's name for an operation; behind it stands its proof. */
function nameIn(operation: string): string {
  return operation.slice(0, operation.lastIndexOf('~'));
}

function here(move: Move | undefined, moved: (fields: Json) => Json): Move | undefined {
  return move?.kind === 'succeeded' ? { ...move, fields: moved(move.fields) } : move;
}

function storyOf(page: SagaPage | undefined): string {
  if (page === undefined) return 'never started';
  const waits = page.waitsFor.map(({ text }) => text).join(', ');
  return `is ${page.status} and waits for ${waits}\n${page.timeline.map(({ text }) => `    ${text}`).join('\n')}`;
}
