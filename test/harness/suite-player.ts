import type { ShownTask } from '../../apps/cli/src/shown-task.js';
import type { Json, JsonObject } from '#libs/messaging';
import {
  compileDefinitions,
  exampleOf,
  formatProblem,
  scriptReader,
  type CaseReport,
  type Move,
  type ScriptReader,
  type TestCase,
  type TestSuite,
} from '#libs/saga';
import type { Behaviour, Delivery } from './behaviour.js';
import type { SagaPage } from './coordinator-api.js';
import { eventually } from './deadline.js';
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

/** What a player needs to know that a tests document does not say. */
export interface SuitePlayerOptions {
  readonly suite: TestSuite;
  /** The field of the start event that is the business key. */
  readonly keyField: string;
  readonly events?: EventsFor;
  /** Fields of outputs that are another one in each saga, by command. */
  readonly own?: Readonly<Record<string, (key: string) => JsonObject>>;
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
 * Plays cases of a tests document on a bench: participants, people and events do what the document says, on the real
 * broker and database. Times in it are not waited for; those in the definition are.
 */
export class SuitePlayer {
  private readonly readers = new Map<string, ScriptReader>();
  /** What somebody does with each task; nothing, when it is done. */
  private readonly people = new Map<string, Move | undefined>();
  /** Operations that participants have settled. */
  private readonly settled = new Set<string>();

  constructor(
    private readonly bench: SagaBench,
    private readonly options: SuitePlayerOptions,
  ) {
    const { program } = options.suite;
    for (const call of program.calls)
      bench.participants.behave(call, (delivery) => this.behaviourOf(call, delivery));
  }

  /** Starts them all, and resolves with their sagas when the last one has ended. */
  async play(cases: readonly PlayedCase[], withinMs = 60_000): Promise<ReadonlyMap<string, SagaPage>> {
    const pages = new Map<string, SagaPage>();
    for (const { key, one } of cases) {
      this.readers.set(key, scriptReader(one.part.scripts));
      const { start } = one.part;
      if (start.kind !== 'event') throw new Error(`"${one.name}" is started by no event`);
      await this.bench.publish(start.event, { ...(start.data as JsonObject), [this.options.keyField]: key });
    }
    const left = (): readonly string[] => cases.map(({ key }) => key).filter((key) => !pages.has(key));
    try {
      await eventually(
        'every case to end',
        async () => {
          await this.answerTasks();
          for (const key of left()) await this.lookAfter(key, pages);
          return left().length === 0;
        },
        withinMs,
      );
    } catch (error) {
      const open = await Promise.all(left().map(async (key) => `${key} ${storyOf(await this.pageOf(key))}`));
      throw new Error(`${String(error)}\n${open.join('\n')}`, { cause: error });
    }
    return pages;
  }

  private pageOf(key: string): Promise<SagaPage | undefined> {
    return this.bench.page(key, this.options.suite.program.definition);
  }

  private async lookAfter(key: string, pages: Map<string, SagaPage>): Promise<void> {
    const page = await this.pageOf(key);
    if (page === undefined) return;
    if (page.finishedAt !== undefined) pages.set(key, page);
    for (const { block = '' } of page.finishedAt === undefined ? page.waitsFor : []) {
      const event = this.options.events?.[block];
      // Said again as long as it is waited for: whoever listens a moment later hears the next one.
      if (event === undefined || !this.isToCome(key, block)) continue;
      const { type, data } = event(page);
      await this.bench.publish(type, data);
    }
  }

  private isToCome(key: string, block: string): boolean {
    return this.readers.get(key)?.all(block)[0]?.kind === 'heard';
  }

  private behaviourOf(call: string, { command, key }: Delivery): Behaviour {
    // What was settled is remembered, and answered from memory; otherwise the participant is free to choose again.
    if (this.settled.has(command.operation)) return { succeeded: this.exampleFor(call, key) };
    const isDoing = command.compensates === undefined && command.verifies === undefined;
    const move = this.readers.get(key)?.next(isDoing ? [command.step, call] : [call], '');
    if (move?.kind !== 'failed' && move?.kind !== 'silent') this.settled.add(command.operation);
    return behaviour(move, this.exampleFor(call, key));
  }

  private exampleFor(call: string, key: string): Json {
    const { suite, own } = this.options;
    const output = suite.contracts.commands.get(call)?.output;
    return overlaid(output === undefined ? {} : exampleOf(output), own?.[call]?.(key) ?? {});
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
      const { answer, fields, by = 'somebody', role } = move;
      const roles = role === undefined ? asked.flatMap((each) => each.role ?? []) : [role];
      const { status } = await this.bench.answerTask(id, { answer, fields, by, roles });
      // Whoever is not asked yet tries again later.
      if (status !== 403) this.people.set(id, undefined);
    }
  }
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

function behaviour(move: Move | undefined, example: Json): Behaviour {
  switch (move?.kind) {
    case 'succeeded':
      return { succeeded: overlaid(example, move.fields) };
    case 'rejected':
      return { rejected: move.error, data: move.data };
    case 'failed':
      return move.isPermanent ? { failed: 'permanent', retryAfterMs: 'never' } : { failed: 'unavailable' };
    case 'unheard':
      return { silent: 'done', succeeded: example };
    case 'silent':
      return { silent: 'not-done' };
    case 'accepted': {
      const then = behaviour(move.end, example);
      if ('silent' in then || 'accepted' in then) return { silent: 'not-done' };
      return { accepted: { afterMs: 300, then } };
    }
    default:
      return { succeeded: example };
  }
}

function overlaid(example: Json, fields: Json): Json {
  const isMap = (value: Json): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap(example) && isMap(fields) ? { ...example, ...fields } : (fields ?? example);
}

function storyOf(page: SagaPage | undefined): string {
  if (page === undefined) return 'never started';
  const waits = page.waitsFor.map(({ text }) => text).join(', ');
  return `is ${page.status} and waits for ${waits}\n${page.timeline.map(({ text }) => `    ${text}`).join('\n')}`;
}
