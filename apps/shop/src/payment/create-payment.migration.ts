import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the payment participant. First version. */
export class CreatePayment1763700000100 implements MigrationInterface {
  readonly name = 'CreatePayment1763700000100';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create table payment.card (card text primary key, spent bigint not null)');
    await queryRunner.query(`create table payment.ledger (
  id bigint generated always as identity primary key,
  order_id text not null,
  operation text not null,
  kind text not null check (kind in ('charge', 'refund')),
  card text not null,
  amount bigint not null
)`);
    await queryRunner.query('create index ledger_operation on payment.ledger (operation)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table payment.ledger');
    await queryRunner.query('drop table payment.card');
  }
}
