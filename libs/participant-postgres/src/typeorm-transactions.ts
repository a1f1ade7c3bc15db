import type { DataSource, EntityManager } from 'typeorm';
import { Transactions, type Row } from './transactions.js';

/** Transactions of a TypeORM data source. What handlers get is the entity manager of the transaction. */
export class TypeOrmTransactions extends Transactions<EntityManager> {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override run<Result>(work: (transaction: EntityManager) => Promise<Result>): Promise<Result> {
    return this.dataSource.transaction('READ COMMITTED', work);
  }

  override async query(
    transaction: EntityManager,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    const runner = transaction.queryRunner;
    if (runner === undefined) throw new TypeError('the entity manager does not belong to a transaction');
    const result = await runner.query(sql, [...parameters], true);
    return (result.records as Row[] | undefined) ?? [];
  }
}
