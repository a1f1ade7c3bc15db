import pg from 'pg';
import type { SagaOfOrder } from '../ledger/compare-ledgers.js';
import { readLedgers, type Ledgers } from '../ledger/ledgers.js';

/** How many sagas there are, by outcome, and how long the finished ones took. */
export interface SagaCounts {
  readonly running: number;
  readonly compensating: number;
  readonly completed: number;
  readonly compensated: number;
  readonly cancelled: number;
  readonly incidents: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One row of the closing table. */
export interface OutcomeRow {
  readonly outcome: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const finalStatuses = `'completed', 'compensated', 'cancelled'`;
// Times of start and end are those of the broker's records, so that they can be compared.
const took = `extract(epoch from finished_at - started_at) * 1000`;

/** What the demo reads: the coordinator's rows and the participants' ledgers, over one connection pool. */
export class SagasInDatabase {
  private readonly pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    // Without a listener a database that goes away would end the process.
    this.pool.on('error', () => undefined);
  }

  async counts(): Promise<SagaCounts> {
    const { rows } = await this.pool.query<Record<keyof SagaCounts, string | null>>(`select
      count(*) filter (where status = 'running') as "running",
      count(*) filter (where status = 'compensating') as "compensating",
      count(*) filter (where status = 'completed') as "completed",
      count(*) filter (where status = 'compensated') as "compensated",
      count(*) filter (where status = 'cancelled') as "cancelled",
      count(*) filter (where incident) as "incidents",
      percentile_cont(0.5) within group (order by ${took}) filter (where finished_at is not null) as "p50Ms",
      percentile_cont(0.99) within group (order by ${took}) filter (where finished_at is not null) as "p99Ms"
      from saga_instance`);
    const row = rows[0]!;
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, Number(value ?? 0)]),
    ) as never;
  }

  async outcomes(): Promise<readonly OutcomeRow[]> {
    const { rows } = await this.pool.query<{ outcome: string; count: string; p50: string; p99: string }>(`
      with told as (
        select case when status = 'compensated' then 'compensated: ' || coalesce(state::json #>> '{failure,error}', '?') else status end as outcome,
               ${took} as ms
          from saga_instance where status in (${finalStatuses}))
      select outcome, count(*), percentile_cont(0.5) within group (order by ms) as p50,
             percentile_cont(0.99) within group (order by ms) as p99
        from told group by outcome order by count(*) desc`);
    return rows.map((row) => ({
      outcome: row.outcome,
      count: Number(row.count),
      p50Ms: Number(row.p50),
      p99Ms: Number(row.p99),
    }));
  }

  async sagas(): Promise<readonly SagaOfOrder[]> {
    const { rows } = await this.pool.query<{ id: string; key: string; status: string }>(
      `select id, business_key as key, status from saga_instance union all select id, business_key, status from saga_archive`,
    );
    return rows.map(({ id, key, status }) => ({ id, businessKey: key, status }));
  }

  /** Some saga with this status, one with the longest story. */
  async example(status: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ id: string }>(
      'select id from saga_instance where status = $1 order by revision desc, id limit 1',
      [status],
    );
    return rows[0]?.id;
  }

  ledgers(): Promise<Ledgers> {
    return readLedgers(this.pool);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
