import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { LayoutError } from '#libs/orchestration';
import { allMigrations } from './migrations/all-migrations.js';
import { partitionsEnd } from './partitions.js';
import { translateError } from './translate-error.js';

/** Number of the newest migration this version knows. */
export const schemaVersion = allMigrations.length;

const OLDEST_POSTGRES = 15;

interface ServerFacts {
  readonly version: number;
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly hasSchema: boolean;
}

/**
 * Refuses to go on with a database this version cannot work on safely. Every message says what to do.
 *
 * @throws LayoutError for what a person has to change, StoreUnavailableError when the database does not answer.
 */
export async function checkDatabase(source: DataSource, now: Instant): Promise<void> {
  try {
    const facts = await serverFacts(source);
    checkServer(facts);
    if (!facts.hasSchema) throw new LayoutError("the database holds no tables of Skald: run 'skald migrate'");
    await checkSchema(source);
    await checkPartitions(source, now);
  } catch (error) {
    throw translateError(error, 'check of the database');
  }
}

async function serverFacts(source: DataSource): Promise<ServerFacts> {
  const [facts] = (await source.query(
    `select current_setting('server_version_num')::integer / 10000 as version,
            current_setting('fsync') as fsync, current_setting('full_page_writes') as "fullPageWrites",
            to_regclass('saga_schema') is not null as "hasSchema"`,
  )) as [ServerFacts];
  return facts;
}

function checkServer(facts: ServerFacts): void {
  if (facts.version < OLDEST_POSTGRES) {
    throw new LayoutError(`Postgres ${facts.version} is too old: use Postgres ${OLDEST_POSTGRES} or newer`);
  }
  if (facts.fsync !== 'on' || facts.fullPageWrites !== 'on') {
    throw new LayoutError('the server may lose what it has confirmed: set fsync and full_page_writes to on');
  }
}

async function checkSchema(source: DataSource): Promise<void> {
  const rows = (await source.query('select version, oldest_worker from saga_schema')) as readonly {
    readonly version: number;
    readonly oldest_worker: number;
  }[];
  const stored = rows[0] ?? { version: 0, oldest_worker: 0 };
  if (stored.version < schemaVersion) {
    throw new LayoutError(
      `the schema is version ${stored.version}, not ${schemaVersion}: run 'skald migrate'`,
    );
  }
  if (stored.oldest_worker > schemaVersion) {
    const message = `the schema is version ${stored.version}, too new for this worker: run one of version ${stored.oldest_worker} or newer`;
    throw new LayoutError(message);
  }
}

async function checkPartitions(source: DataSource, now: Instant): Promise<void> {
  const end = await partitionsEnd(source);
  if (end === undefined || end <= now) {
    throw new LayoutError("there is no partition of history or archive for today: run 'skald migrate'");
  }
}
