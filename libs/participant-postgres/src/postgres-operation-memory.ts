import { NoLog, type Clock, type Instant, type Log } from '#libs/messaging';
import {
  OperationMemory,
  type Claim,
  type ClaimOutcome,
  type Completion,
  type Granted,
  type ParkedCommand,
  type Question,
  type Remembered,
  type Settlement,
  type Work,
} from '#libs/participant';
import {
  beforeTheMark,
  operationRow,
  settlementColumns,
  type OperationRow,
  type SettledOperation,
} from './operation-row.js';
import { operationStatements, type OperationStatements } from './operation-statements.js';
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
      await this.fence(
        transaction,
        this.sql.fence,
        questions.filter((question) => !question.mayBeForgotten),
      );
      await this.fence(
        transaction,
        this.sql.fenceKnown,
        questions.filter((question) => question.mayBeForgotten),
      );
      const found = await this.find(
        transaction,
        questions.map((question) => question.operation),
      );
      return questions.map((question) => found.get(question.operation));
    });
  }

  override complete(
    operation: string,
    decide: (transaction: Transaction) => Promise<Settlement>,
  ): Promise<Completion> {
    return this.transactions.run(async (transaction): Promise<Completion> => {
      const [row] = await this.transactions.query(transaction, this.sql.lock, [operation]);
      if (row === undefined) return { kind: 'not-open' };
      const { remembered, origin, undoes }: OperationRow = operationRow(row);
      if (remembered.state !== 'running' || origin === undefined) return { kind: 'not-open', remembered };
      const settlement = await decide(transaction);
      await this.settle(
        transaction,
        [{ operation, origin, undoes, settlement }],
        timestamp(this.clock.now()),
      );
      return { kind: 'completed', origin, answer: settlement.answer };
    });
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
      const at = timestamp(this.clock.now());
      const granted = await this.claim(transaction, claims, at);
      const settled: SettledOperation[] = [];
      // One after the other: a connection takes one statement at a time, and locks are taken in one order.
      for (const grant of granted.values()) {
        settled.push(settledOperation(grant.claim, await work.carryOut(grant)));
      }
      await this.settle(transaction, settled, at);
      return this.outcomes(transaction, claims, settled);
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
      const at = timestamp(this.clock.now());
      const granted = await this.claim(transaction, [withoutMark], at);
      const settled = [...granted.values()].map((grant) => settledOperation(grant.claim, settlement));
      await this.settle(transaction, settled, at);
      return (await this.outcomes(transaction, [claim], settled))[0]!;
    });
  }

  /** Claims what can be claimed and marks what granted compensations undo. By operation, in the order of the claims. */
  private async claim(
    transaction: Transaction,
    claims: readonly Claim[],
    at: string,
  ): Promise<ReadonlyMap<string, Granted<Transaction>>> {
    const rows = await this.transactions.query(transaction, this.sql.claim, [
      claims.map((claim) => claim.operation),
      claims.map((claim) => claim.attempt),
      at,
    ]);
    const opened = new Set(rows.map((row) => row['operation']));
    const mine = claims.filter((claim) => opened.has(claim.operation));
    const marked = await this.mark(transaction, mine, at);
    return new Map(mine.map((claim) => [claim.operation, granted(transaction, claim, marked)]));
  }

  private async mark(
    transaction: Transaction,
    claims: readonly Claim[],
    at: string,
  ): Promise<ReadonlyMap<string, Row>> {
    const marks = marksOf(claims);
    if (marks.length === 0) return new Map();
    const rows = await this.transactions.query(transaction, this.sql.mark, [...markColumns(marks), at]);
    return new Map(rows.map((row) => [row['operation'] as string, row]));
  }

  private async settle(
    transaction: Transaction,
    settled: readonly SettledOperation[],
    at: string,
  ): Promise<void> {
    if (settled.length === 0) return;
    await this.transactions.query(transaction, this.sql.settle, [...settlementColumns(settled), at]);
    const kept = marksOf(settled.filter((one) => one.settlement.state === 'done'));
    if (kept.length > 0) await this.transactions.query(transaction, this.sql.keepMarks, markColumns(kept));
    const takenBack = marksOf(settled.filter((one) => isWithoutEffect(one.settlement)));
    if (takenBack.length > 0)
      await this.transactions.query(transaction, this.sql.takeMarksBack, markColumns(takenBack));
  }

  private async outcomes(
    transaction: Transaction,
    claims: readonly Claim[],
    settled: readonly SettledOperation[],
  ): Promise<readonly ClaimOutcome[]> {
    const fresh = new Map(settled.map((one) => [one.operation, one.settlement]));
    const others = claims.map((claim) => claim.operation).filter((operation) => !fresh.has(operation));
    const known = others.length === 0 ? new Map<string, Remembered>() : await this.find(transaction, others);
    return claims.map(({ operation, attempt }) => {
      const settlement = fresh.get(operation);
      if (settlement === undefined) return { remembered: known.get(operation)!, fresh: false };
      return {
        remembered: { operation, attempt, state: settlement.state, answer: settlement.answer },
        fresh: true,
      };
    });
  }

  private async find(
    transaction: Transaction,
    operations: readonly string[],
  ): Promise<Map<string, Remembered>> {
    const rows = await this.transactions.query(transaction, this.sql.find, [operations]);
    return new Map(rows.map((row) => [row['operation'] as string, operationRow(row).remembered]));
  }

  private async fence(transaction: Transaction, sql: string, questions: readonly Question[]): Promise<void> {
    if (questions.length === 0) return;
    await this.transactions.query(transaction, sql, [
      questions.map((question) => question.operation),
      questions.map((question) => question.by),
      timestamp(this.clock.now()),
    ]);
  }

  private inOne(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    return this.transactions.run((transaction) => this.transactions.query(transaction, sql, parameters));
  }
}

function granted<Transaction>(
  transaction: Transaction,
  claim: Claim,
  marked: ReadonlyMap<string, Row>,
): Granted<Transaction> {
  if (claim.undoes === undefined) return { claim, transaction };
  const row = marked.get(claim.undoes);
  const undone: Remembered | undefined =
    row === undefined
      ? { operation: claim.undoes, attempt: 0, state: 'undone', isBeingUndone: true }
      : beforeTheMark(row);
  return undone === undefined ? { claim, transaction } : { claim, transaction, undone };
}

function settledOperation(claim: Claim, settlement: Settlement): SettledOperation {
  return { operation: claim.operation, origin: claim.origin, undoes: claim.undoes, settlement };
}

interface Mark {
  readonly operation: string;
  readonly by: string;
}

/** The marks that compensations leave on what they undo. */
function marksOf(
  compensations: readonly { readonly operation: string; readonly undoes?: string | undefined }[],
): readonly Mark[] {
  return compensations.flatMap(({ operation, undoes }) =>
    undoes === undefined ? [] : [{ operation: undoes, by: operation }],
  );
}

function markColumns(marks: readonly Mark[]): readonly unknown[] {
  return [marks.map((mark) => mark.operation), marks.map((mark) => mark.by)];
}

function isWithoutEffect({ state }: Settlement): boolean {
  return state === 'failed' || state === 'fenced' || state === 'rejected';
}

function timestamp(at: Instant): string {
  return new Date(at).toISOString();
}

/** No text column takes NUL. */
function readable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
