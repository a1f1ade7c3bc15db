import { NoLog, type Clock, type Instant, type Log } from '#libs/messaging';
import {
  OperationMemory,
  type Claim,
  type ClaimOutcome,
  type Completion,
  type ParkedCommand,
  type Question,
  type Remembered,
  type Settlement,
  type Work,
} from '#libs/participant';
import type { SettledOperation } from './operation-row.js';
import { operationStatements, type OperationStatements } from './operation-statements.js';
import { OperationTable } from './operation-table.js';
import { assertMigrated } from './schema-check.js';
import { isCollision } from './sql-error.js';
import type { Row, Transactions } from './transactions.js';

/** Settings of a {@link PostgresOperationMemory}. */
export interface PostgresMemoryOptions {
  /** Schema of the tables. Default: `public`. */
  readonly schema?: string;
  /** How long operations are remembered, in milliseconds. Default: 14 days. Not less than the command topic's retention. */
  readonly durationMs?: number;
  readonly log?: Log;
}

/** How often a transaction that collided with another one is tried again at once. */
const maxCollisions = 3;

/** Rows of one delete: enough to be quick, few enough not to be noticed. */
const forgetChunk = 1_000;

const fourteenDaysMs = 14 * 86_400_000;

/**
 * Remembers operations in the participant's own database, in the transaction of their effects.
 *
 * Commands given together share one transaction: one statement claims them, their handlers run one after the other on
 * it, one statement settles them. When any of them throws everything is rolled back and each runs again in a
 * transaction of its own, where only the one that throws is lost; its `failed` is then stored by itself.
 */
export class PostgresOperationMemory<Transaction> extends OperationMemory<Transaction> {
  override readonly durationMs: number;
  private readonly schema: string;
  private readonly sql: OperationStatements;
  private readonly table: OperationTable<Transaction>;
  private readonly log: Log;

  constructor(
    private readonly transactions: Transactions<Transaction>,
    private readonly clock: Clock,
    options: PostgresMemoryOptions = {},
  ) {
    super();
    this.schema = options.schema ?? 'public';
    this.durationMs = options.durationMs ?? fourteenDaysMs;
    this.log = options.log ?? new NoLog();
    this.sql = operationStatements(this.schema);
    this.table = new OperationTable(transactions, this.sql);
  }

  /** @throws MissingMigrationError */
  override start(): Promise<void> {
    return this.transactions.run((transaction) =>
      assertMigrated(this.schema, (sql) => this.transactions.query(transaction, sql)),
    );
  }

  override stop(): Promise<void> {
    return Promise.resolve();
  }

  override async carryOut(
    claims: readonly Claim[],
    work: Work<Transaction>,
  ): Promise<readonly ClaimOutcome[]> {
    if (claims.length > 1) {
      try {
        return await this.together(claims, work);
      } catch (error) {
        this.log.debug('a batch was rolled back, its commands run one by one', { reason: String(error) });
      }
    }
    const outcomes: ClaimOutcome[] = [];
    for (const claim of claims) outcomes.push(await this.alone(claim, work));
    return outcomes;
  }

  override ask(questions: readonly Question[]): Promise<readonly (Remembered | undefined)[]> {
    return this.transactions.run(async (transaction) => {
      await this.table.fence(transaction, questions, this.now());
      const operations = questions.map((question) => question.operation);
      const found = await this.table.find(transaction, operations);
      return questions.map((question) => found.get(question.operation));
    });
  }

  override complete(
    operation: string,
    decide: (transaction: Transaction) => Promise<Settlement>,
  ): Promise<Completion> {
    return this.transactions.run(async (transaction): Promise<Completion> => {
      const row = await this.table.lock(transaction, operation);
      if (row === undefined) return { kind: 'not-open' };
      const { remembered, origin, undoes } = row;
      if (remembered.state !== 'running' || origin === undefined) return { kind: 'not-open', remembered };
      const settlement = await decide(transaction);
      await this.table.settle(transaction, [{ operation, origin, undoes, settlement }], this.now());
      return { kind: 'completed', origin, answer: settlement.answer };
    });
  }

  override holds(transaction: Transaction, locks: Readonly<Record<string, number>>): Promise<boolean> {
    return this.table.holds(transaction, locks);
  }

  override within<Result>(read: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.transactions.run(read);
  }

  override async park({ record, reason, message, at }: ParkedCommand): Promise<void> {
    const headers = Object.entries(record.headers).map(([name, bytes]) => [
      readable(name),
      bytes.toString('base64'),
    ]);
    await this.transactions.run((transaction) =>
      this.transactions.query(transaction, this.sql.park, [
        record.topic,
        record.part,
        record.offset,
        record.key,
        record.value,
        JSON.stringify(Object.fromEntries(headers)),
        reason,
        readable(message),
        timestamp(at),
      ]),
    );
  }

  override async forget(before: Instant): Promise<number> {
    await this.inOne(this.sql.forgetLocks, [before]);
    await this.inOne(this.sql.forgetParked, [timestamp(before)]);
    for (let total = 0; ;) {
      const [row] = await this.inOne(this.sql.forget, [timestamp(before), forgetChunk]);
      const count = row?.['count'] as number;
      total += count;
      if (count < forgetChunk) return total;
    }
  }

  private together(claims: readonly Claim[], work: Work<Transaction>): Promise<readonly ClaimOutcome[]> {
    return this.transactions.run(async (transaction) => {
      const at = this.now();
      const granted = await this.table.claim(transaction, claims, at);
      const settled: SettledOperation[] = [];
      // One after the other: a connection takes one statement at a time, and locks are taken in one order.
      for (const grant of granted.values()) {
        settled.push(settledOperation(grant.claim, await work.carryOut(grant)));
      }
      await this.table.settle(transaction, settled, at);
      return this.table.outcomes(transaction, claims, settled);
    });
  }

  private async alone(claim: Claim, work: Work<Transaction>): Promise<ClaimOutcome> {
    for (let collisions = 0; ; collisions += 1) {
      try {
        return (await this.together([claim], work))[0]!;
      } catch (error) {
        if (isCollision(error) && collisions < maxCollisions) continue;
        return this.storeFailure(claim, work.failed(claim, error));
      }
    }
  }

  /**
   * Stores a settlement whose effects were rolled back. Claims once more, because the transaction that seemed to fail
   * may have been committed after all, or another one have settled the operation meanwhile; then that is the answer.
   */
  private storeFailure(claim: Claim, settlement: Settlement): Promise<ClaimOutcome> {
    const { undoes: _undoes, ...withoutMark } = claim;
    return this.transactions.run(async (transaction) => {
      const at = this.now();
      const granted = await this.table.claim(transaction, [withoutMark], at);
      const settled = [...granted.values()].map((grant) => settledOperation(grant.claim, settlement));
      await this.table.settle(transaction, settled, at);
      return (await this.table.outcomes(transaction, [claim], settled))[0]!;
    });
  }

  private inOne(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    return this.transactions.run((transaction) => this.transactions.query(transaction, sql, parameters));
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}

function settledOperation(claim: Claim, settlement: Settlement): SettledOperation {
  return { operation: claim.operation, origin: claim.origin, undoes: claim.undoes, settlement };
}

function timestamp(at: Instant): string {
  return new Date(at).toISOString();
}

/** No text column takes NUL. */
function readable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
