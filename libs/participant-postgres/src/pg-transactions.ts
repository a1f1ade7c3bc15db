import type { Pool, PoolClient } from 'pg';
import { Transactions, type Row } from './transactions.js';

/** Transactions on a `pg` pool. What handlers get is the client that holds the transaction. */
export class PgTransactions extends Transactions<PoolClient> {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async run<Result>(work: (transaction: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    // While a client is checked out nobody else listens, and an unheard error event would end the process.
    client.on('error', ignore);
    let isUsable = true;
    try {
      await client.query('begin isolation level read committed');
      const result = await work(client);
      await commit(client);
      return result;
    } catch (error) {
      isUsable = await rollback(client);
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(!isUsable);
    }
  }

  override async query(
    transaction: PoolClient,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    const { rows } = await transaction.query<Record<string, unknown>>(sql, [...parameters]);
    return rows;
  }
}

async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  // After an error that somebody swallowed, commit "succeeds" by rolling back.
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it had failed');
}

/** Whether the client can be used again. */
async function rollback(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

function ignore(): void {
  // The statement under way fails too and is reported there.
}
