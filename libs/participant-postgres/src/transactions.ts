/** One row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * How a memory gets at the participant's own transactions.
 *
 * Guarantees: `run` commits when `work` resolves and rolls everything back when it throws, at isolation level read
 * committed; it throws when the commit was not confirmed, in which case the transaction may or may not have happened.
 */
export abstract class Transactions<Transaction> {
  abstract run<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;

  /** Runs one statement inside the transaction. */
  abstract query(
    transaction: Transaction,
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<readonly Row[]>;
}
