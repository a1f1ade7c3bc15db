import pg from 'pg';
import { StoreUnavailableError } from '#libs/orchestration';
import { clientOf, type DatabaseAddress } from './database-address.js';
import { isWorthRepeating, leavesConnectionUsable, translateError } from './translate-error.js';

/** A query's text and values; named ones are prepared once a connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** How lanes reach their database. */
export interface LanePoolOptions {
  readonly databaseUrl: DatabaseAddress;
  /** Connections at most: as many as there are commits under way at a time, and two more for takeovers. Default 4. */
  readonly size?: number;
}

const REPEATS = 3;

// Each patience is longer than the one it watches: a lock is given up before its statement, a statement
// before the client stops waiting, so that the outcome is known in all but the worst case.
/** How long a lane waits for a row that another session has locked. */
export const laneLockTimeoutMs = 2_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const CLIENT_TIMEOUT_MS = 15_000;

// One answer for what the session needs: patience, durability whatever the database's default, plans that stay
// good when a table that was empty has grown, and whether this server can be written to (after a failover an
// address may lead to a standby).
const sessionSetup = `
  select set_config('lock_timeout', '${laneLockTimeoutMs}', false),
         set_config('statement_timeout', '${STATEMENT_TIMEOUT_MS}', false),
         set_config('idle_in_transaction_session_timeout', '${STATEMENT_TIMEOUT_MS}', false),
         case when current_setting('synchronous_commit') in ('off', 'local')
              then set_config('synchronous_commit', 'on', false) end,
         set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false),
         pg_is_in_recovery() as standby`;

/**
 * The connections of lanes: their own, so that no console query makes a lane wait. Names of statements are kept by the
 * server, so these connections go to Postgres directly or through a pooler that knows prepared statements.
 */
export class LanePool {
  private readonly pool: pg.Pool;

  constructor(options: LanePoolOptions) {
    this.pool = new pg.Pool({
      Client: clientOf(options.databaseUrl),
      application_name: 'skald lanes',
      max: options.size ?? 4,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 5_000,
      query_timeout: CLIENT_TIMEOUT_MS,
      idleTimeoutMillis: 60_000,
      // The pool waits for the promise, which its types do not say yet.
      // oxlint-disable-next-line typescript/no-misused-promises
      onConnect: prepareSession,
    });
    // An idle connection that breaks is replaced when it is needed; unheard, the event would end the process.
    this.pool.on('error', () => undefined);
  }

  /** Runs one statement. `what` says in errors what was attempted. @throws SagaError */
  async run<Row extends pg.QueryResultRow>(what: string, statement: Statement): Promise<readonly Row[]> {
    return this.withClient(what, (client) => repeated(() => client.query<Row>(statement))).then(
      (result) => result.rows,
    );
  }

  /** Lends one connection. It is closed when the work fails in a way that leaves it in doubt. @throws SagaError */
  async withClient<Result>(what: string, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.connect(what);
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(!leavesConnectionUsable(error));
      throw translateError(error, what);
    }
  }

  /** Lets what is under way end, then closes. Safe twice. */
  async stop(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }

  private async connect(what: string): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw translateError(error, what);
    }
  }
}

async function prepareSession(client: pg.ClientBase): Promise<void> {
  // A connection that breaks under a query says so twice: to the query, and as an event that would end the process.
  client.on('error', () => undefined);
  const { rows } = await client.query<{ standby: boolean }>(sessionSetup);
  if (rows[0]?.standby === true)
    throw new StoreUnavailableError('the server is a standby and cannot be written to');
}

async function repeated<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (number === REPEATS || !isWorthRepeating(error)) throw error;
    }
  }
}
