import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { KafkaCommandSink } from '#libs/kafka';
import {
  eventHeaders,
  eventPartition,
  eventTopic,
  SystemClock,
  type FieldKeys,
  type Instant,
  type Json,
  type SagaId,
} from '#libs/messaging';
import { createDatabase, dropDatabase, type LocalStack } from '../../deploy/local/src/index.js';
import { benchStack, type BenchStack } from './bench-stack.js';
import { clearTopics } from './bench-topics.js';
import { calledCommands } from './called-commands.js';
import type { CoordinatorApi, HttpAnswer, SagaPage } from './coordinator-api.js';
import { startCoordinator, type CoordinatorProcess } from './coordinator-process.js';
import { eventually } from './deadline.js';
import { ScriptedParticipants } from './scripted-participants.js';

/** What a bench is made of. */
export interface BenchOptions {
  /** Names folder, database, installation and groups: kebab-case, another one in each spec file. */
  readonly name: string;
  /** YAML documents: one text with `---` between them, or files by their paths (schemas as `.json` too). */
  readonly documents: string | Readonly<Record<string, string>>;
  /** Coordinators to begin with. Default 1. */
  readonly coordinators?: number;
  /** Servers of its own, for a test that makes them fail. Default: those that all specs share. */
  readonly ownServers?: boolean;
  /** Participants that the spec runs itself. */
  readonly elsewhere?: readonly string[];
  /** Program of the coordinators. Default: as it is shipped. */
  readonly script?: string;
  /** Variables for the coordinators. */
  readonly env?: Readonly<Record<string, string>>;
  /** The keys that participants have. Default: none. */
  readonly fieldKeys?: FieldKeys;
}

/** An event to publish. */
export interface BenchEvent {
  /** Key of the record. Default: the first field of the data that is text. */
  readonly key?: string;
  /** Default: another one each time. The same id again is the same event. */
  readonly id?: string;
  readonly source?: string;
  /** When it happened. Default: now. */
  readonly at?: Instant;
  /** The saga whose command caused it. */
  readonly cause?: string;
  /** Of the record, beside those that every event has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many sagas lie behind it. Default 0. */
  readonly hops?: number;
}

/** Starts coordinators on any definitions, and participants that do what they are told. */
export async function startSagaBench(options: BenchOptions): Promise<SagaBench> {
  const stack = await benchStack(options.name, options.ownServers);
  const files = filesOf(options.documents);
  try {
    await clearTopics(stack.kafkaBrokers);
    const database = `bench_${options.name.replaceAll('-', '_')}`;
    const databaseUrl = await createDatabase(stack.databaseUrl, database);
    const definitions = await written(path.join(stack.dataFolder, 'definitions'), files);
    const bench = new SagaBench({ options, stack, database, databaseUrl, definitions, files });
    await bench.start().catch(async (error: unknown) => {
      await bench.close();
      throw error;
    });
    return bench;
  } catch (error) {
    await stack.discard();
    throw error;
  }
}

interface File {
  readonly path: string;
  readonly text: string;
}

interface BenchParts {
  readonly options: BenchOptions;
  readonly stack: BenchStack;
  readonly database: string;
  readonly databaseUrl: string;
  readonly definitions: string;
  readonly files: readonly File[];
}

const endsWithinMs = 30_000;

/** Definitions at work on the real broker and database: a hand for the test on everything around them. */
export class SagaBench {
  readonly coordinators: CoordinatorProcess[] = [];
  readonly participants: ScriptedParticipants;
  private readonly sink: KafkaCommandSink;
  private readonly pool: pg.Pool;
  private readonly clock = new SystemClock();
  private published = 0;

  constructor(private readonly parts: BenchParts) {
    const { stack, databaseUrl, options, files } = parts;
    const kafka = { brokers: stack.kafkaBrokers, clientId: 'bench' };
    this.sink = new KafkaCommandSink(kafka, this.clock);
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    // Without a listener a database that goes away would end the process.
    this.pool.on('error', () => undefined);
    this.participants = new ScriptedParticipants({
      kafka,
      group: options.name,
      called: calledCommands(files, options.elsewhere),
      fieldKeys: options.fieldKeys,
      keysOf: (sagas) => this.keysOf(sagas),
    });
  }

  /** The servers, where they are its own. @throws Error where they are shared. */
  get servers(): Pick<LocalStack, 'brokers' | 'postgres'> {
    const { servers } = this.parts.stack;
    if (servers === undefined) throw new Error('the servers are shared: ask for ownServers');
    return servers;
  }

  /** Folders of this bench, for more programs beside it. */
  get folders(): Pick<LocalStack, 'dataFolder' | 'logsFolder'> {
    return this.parts.stack;
  }

  /** Where the broker is, for whoever wants to hear a topic. */
  get kafkaBrokers(): readonly string[] {
    return this.parts.stack.kafkaBrokers;
  }

  get databaseUrl(): string {
    return this.parts.databaseUrl;
  }

  /** The API of the first coordinator that runs. */
  get api(): CoordinatorApi {
    const running = this.coordinators.find(({ service }) => service.isRunning());
    if (running === undefined) throw new Error('no coordinator runs');
    return running.api;
  }

  /** @internal Called once by {@link startSagaBench}. */
  async start(): Promise<void> {
    await this.sink.start();
    // One after the other: the first one installs and makes the topics.
    for (let count = 0; count < (this.parts.options.coordinators ?? 1); count += 1)
      await this.addCoordinator();
    await this.participants.start();
  }

  async addCoordinator(): Promise<CoordinatorProcess> {
    const { stack, databaseUrl, definitions, options } = this.parts;
    const coordinator = await startCoordinator({
      name: `coordinator-${this.coordinators.length + 1}`,
      stack,
      definitions,
      script: options.script,
      env: {
        KAFKA_BROKERS: stack.kafkaBrokers.join(),
        DATABASE_URL: databaseUrl,
        SKALD_INSTALLATION: options.name,
        SKALD_TOPIC_PARTITIONS: '2',
        SKALD_SESSION_TIMEOUT_MS: '6000',
        ...options.env,
      },
    });
    this.coordinators.push(coordinator);
    return coordinator;
  }

  /** Ends a coordinator as `kill -9` does. */
  kill(index = 0): Promise<void> {
    return this.coordinators[index]!.service.kill('SIGKILL');
  }

  /** Starts a coordinator that was killed, on its port and under its name. */
  restart(index = 0): Promise<void> {
    return this.coordinators[index]!.service.start();
  }

  /** Publishes a domain event; resolves when the broker has it. */
  async publish(type: string, data: Json, event: BenchEvent = {}): Promise<void> {
    const topic = eventTopic(type);
    const partitions = await this.sink.partitions(topic);
    if (partitions === undefined)
      throw new Error(`no topic ${topic}: nothing in the documents names ${type}`);
    const key = event.key ?? firstText(data);
    this.published += 1;
    const id = event.id ?? `event-${this.published}`;
    const source = event.source ?? '/bench';
    const caused = event.cause === undefined ? {} : { correlation: event.cause as SagaId };
    const hops = event.hops ?? 0;
    const headers = eventHeaders({
      id,
      source,
      type,
      at: event.at ?? this.clock.now(),
      hops,
      trace: {},
      ...caused,
    });
    const record = {
      topic,
      part: eventPartition(key, partitions),
      key,
      value: JSON.stringify(data),
      headers: { ...headers, ...event.headers },
    };
    const [outcome] = await this.sink.publish([record]);
    if (outcome?.kind !== 'acknowledged')
      throw new Error(`${type} was not published: ${JSON.stringify(outcome)}`);
  }

  /** The newest saga of a business key, as the API shows it: status, steps, timeline, history, incidents. */
  async page(key: string, definition?: string): Promise<SagaPage | undefined> {
    const only = definition === undefined ? '' : `&definition=${definition}`;
    const [found] = await this.api.list(`key=${encodeURIComponent(key)}${only}`);
    return found === undefined ? undefined : this.api.saga(found.id);
  }

  /** Waits until the newest saga of a business key is as wanted, and answers it. */
  async until(
    what: string,
    key: string,
    isSo: (page: SagaPage) => boolean,
    {
      definition,
      withinMs = endsWithinMs,
    }: { readonly definition?: string; readonly withinMs?: number } = {},
  ): Promise<SagaPage> {
    let last: SagaPage | undefined;
    const look = async (): Promise<SagaPage | false> => {
      last = await this.page(key, definition);
      return last !== undefined && isSo(last) && last;
    };
    try {
      return await eventually(`saga of ${key}: ${what}`, look, withinMs);
    } catch (error) {
      throw new Error(`${String(error)}\n${describePage(last)}`, { cause: error });
    }
  }

  /** Waits until the newest saga of a business key has ended. */
  ended(
    key: string,
    how: { readonly definition?: string; readonly withinMs?: number } = {},
  ): Promise<SagaPage> {
    return this.until('has ended', key, ({ finishedAt }) => finishedAt !== undefined, how);
  }

  /** Waits until the newest saga of a business key has an open incident. */
  stuck(
    key: string,
    how: { readonly definition?: string; readonly withinMs?: number } = {},
  ): Promise<SagaPage> {
    return this.until('has an incident', key, ({ incident }) => incident, how);
  }

  /** Waits for an open task of a business key, and answers its id. */
  task(key: string): Promise<string> {
    return eventually(`a task of ${key}`, async () => {
      const path = `/tasks?key=${encodeURIComponent(key)}`;
      const { body } = await this.api.get<{ readonly tasks: readonly { readonly id: string }[] }>(path);
      return body.tasks[0]?.id;
    });
  }

  /** Answers a task as a person in roles: `fields`, `items` and `reason` as the API takes them. */
  answerTask<T = { readonly outcome: string }>(
    task: string,
    answer: { readonly answer: string; readonly by: string; readonly roles?: readonly string[] } & Readonly<
      Record<string, unknown>
    >,
  ): Promise<HttpAnswer<T>> {
    this.published += 1;
    return this.api.post<T>(`/tasks/${task}/answers`, answer, {
      'idempotency-key': `answer-${this.published}`,
    });
  }

  /** Waits until something is known of a fact. */
  async factKnown(fact: string, key: string): Promise<void> {
    await eventually(`${fact} of ${key} to be known`, async () => {
      const found = await this.query(
        `select 1 from saga_desk where kind = 'fact' and key = $1 and state::json -> 'known' is not null`,
        [`${fact} ${key}`],
      );
      return found.length > 0;
    });
  }

  /** Switches a toggle of a definition, for what runs too. */
  toggle<T = unknown>(definition: string, toggle: string, on: boolean): Promise<HttpAnswer<T>> {
    return this.api.post<T>(`/toggles/${definition}/${toggle}`, { on, by: 'spec', reason: 'a test' });
  }

  /** Rows of the coordinators' database. */
  async query<Row extends pg.QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    return (await this.pool.query<Row>(sql, [...parameters])).rows;
  }

  /** Stops everything and removes it. With `SKALD_KEEP` set the folder stays, for its logs. */
  async discard(): Promise<void> {
    await this.close();
    if (process.env['SKALD_KEEP'] === undefined) await this.parts.stack.discard();
  }

  /** @internal Stops what this bench started; the folder and servers of its own stay. */
  async close(): Promise<void> {
    await Promise.all(this.coordinators.map(({ service }) => service.stop()));
    await this.participants.stop();
    await Promise.all([this.sink.stop(), this.pool.end()]);
    const { stack, database } = this.parts;
    await dropDatabase(stack.databaseUrl, database);
    await clearTopics(stack.kafkaBrokers);
  }

  private async keysOf(sagas: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.query<{ id: string; key: string }>(
      'select id, business_key as key from saga_instance where id = any($1)',
      [sagas],
    );
    return new Map(rows.map(({ id, key }) => [id, key]));
  }
}

function filesOf(documents: BenchOptions['documents']): readonly File[] {
  if (typeof documents === 'string') return [{ path: 'bench.yaml', text: documents }];
  return Object.entries(documents).map(([path_, text]) => ({ path: path_, text }));
}

async function written(folder: string, files: readonly File[]): Promise<string> {
  for (const { path: name, text } of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

function firstText(data: Json): string {
  const found = Object.values((data ?? {}) as Readonly<Record<string, Json>>).find(
    (value) => typeof value === 'string',
  );
  return typeof found === 'string' ? found : '';
}

/** Of a long timeline the end is what tells. */
const describedLines = 40;

function describePage(page: SagaPage | undefined): string {
  if (page === undefined) return 'there is no such saga';
  const lines = page.timeline.map(({ kind, text }) => `  ${kind}: ${text}`);
  const waits = page.waitsFor.map(({ text }) => `  waits: ${text}`);
  const timeline = [...lines.slice(-describedLines), ...waits].join('\n');
  return `it is ${page.status}${page.incident ? ' with an incident' : ''}\n${timeline}`;
}
