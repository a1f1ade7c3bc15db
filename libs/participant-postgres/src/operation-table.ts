import type { Claim, ClaimOutcome, Granted, Question, Remembered, Settlement } from '#libs/participant';
import {
  beforeTheMark,
  operationRow,
  settlementColumns,
  type OperationRow,
  type SettledOperation,
} from './operation-row.js';
import type { OperationStatements } from './operation-statements.js';
import type { Row, Transactions } from './transactions.js';

/** The rows of `skald_operation`, inside transactions of the caller. Times are given as text, the same for one transaction. */
export class OperationTable<Transaction> {
  constructor(
    private readonly transactions: Transactions<Transaction>,
    private readonly sql: OperationStatements,
  ) {}

  /** Claims what can be claimed and marks what granted compensations undo. By operation, in the order of the claims. */
  async claim(
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

  /** Stores settlements; marks of compensations without effect are taken back. */
  async settle(transaction: Transaction, settled: readonly SettledOperation[], at: string): Promise<void> {
    if (settled.length === 0) return;
    await this.transactions.query(transaction, this.sql.settle, [...settlementColumns(settled), at]);
    const kept = marksOf(settled.filter((one) => one.settlement.state === 'done'));
    if (kept.length > 0) await this.transactions.query(transaction, this.sql.keepMarks, markColumns(kept));
    const takenBack = marksOf(settled.filter((one) => isWithoutEffect(one.settlement)));
    if (takenBack.length > 0)
      await this.transactions.query(transaction, this.sql.takeMarksBack, markColumns(takenBack));
  }

  /** The fate of each claim: as settled just now, or as the row says. */
  async outcomes(
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

  /** What is remembered of these operations. */
  async find(transaction: Transaction, operations: readonly string[]): Promise<Map<string, Remembered>> {
    const rows = await this.transactions.query(transaction, this.sql.find, [operations]);
    return new Map(rows.map((row) => [row['operation'] as string, operationRow(row).remembered]));
  }

  /** Fences what was not done, but nothing that is unknown where that proves nothing. */
  async fence(transaction: Transaction, questions: readonly Question[], at: string): Promise<void> {
    for (const mayBeForgotten of [false, true]) {
      const asked = questions.filter((question) => question.mayBeForgotten === mayBeForgotten);
      if (asked.length === 0) continue;
      const columns = [asked.map((question) => question.operation), asked.map((question) => question.by), at];
      await this.transactions.query(
        transaction,
        mayBeForgotten ? this.sql.fenceKnown : this.sql.fence,
        columns,
      );
    }
  }

  /** Whether nobody was seen with a higher token of any of these locks. */
  async holds(transaction: Transaction, locks: Readonly<Record<string, number>>): Promise<boolean> {
    const resources = Object.keys(locks);
    const rows = await this.transactions.query(transaction, this.sql.holdLocks, [
      resources,
      Object.values(locks),
    ]);
    return rows.every((row) => Number(row['token']) === locks[row['resource'] as string]);
  }

  /** The row of an operation, locked until the transaction ends. */
  async lock(transaction: Transaction, operation: string): Promise<OperationRow | undefined> {
    const [row] = await this.transactions.query(transaction, this.sql.lock, [operation]);
    return row === undefined ? undefined : operationRow(row);
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
