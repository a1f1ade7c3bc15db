import type { DataSource } from 'typeorm';
import type { Instant, SagaId } from '#libs/messaging';
import { HousekeepingStore, type PartitionEnds, type SwitchedToggle, type Wake } from '#libs/orchestration';
import { noSaga } from './entities/columns.js';
import { ToggleEntity } from './entities/toggle-entity.js';
import { toggleOf } from './stored-rows.js';
import { dropPartitions, extendPartitions } from './partitions.js';
import { translateError } from './translate-error.js';

// The clock of a saga stands still while a command of it waits for a limit, or for somebody to resume it.
const overdueWakes = `
  (select id as saga, (extract(epoch from wake_at) * 1000)::float8 as at, home
     from saga_instance i
    where wake_at < $1 and finished_at is null
      and not exists (select from saga_limited l where l.saga_id = i.id and l.payload is not null)
    order by wake_at limit $2)
  union all
  (select id as saga, (extract(epoch from wake_at) * 1000)::float8 as at, home
     from saga_desk where wake_at < $1 and wake_at is not null order by wake_at limit $2)
  order by at limit $2`;

// Compared again when the row is locked: one that its lane has given a longer life meanwhile stays.
const dropExpired = `
  with dropped as (
    delete from saga_desk
     where id in (select id from saga_desk where expires_at < $1 and not held limit $2 for update skip locked)
       and expires_at < $1
    returning id
  )
  select id from dropped`;

const instanceColumns = `id, finished_at, started_at, home, version, definition, business_key, key_hash, trace, wake_at,
  revision, status, incident, held, state`;

// One statement, so that a saga is never in both places or in none. A saga that its lane writes at the moment is left
// for the next time. Freed keys are those that still point to the saga: a later one may have taken over.
const archiveFinished = `
  with ended as materialized (
    select id from saga_instance
     where finished_at < $1 and finished_at is not null and not incident and not held
     order by id limit $2 for update skip locked
  ), moved as (
    delete from saga_instance s using ended where s.id = ended.id returning s.*
  ), freed as (
    delete from saga_key k using moved
     where k.definition = moved.definition and k.key_hash = moved.key_hash and k.saga_id = moved.id and k.reusable
  ), settled as (
    delete from saga_limited l using moved where l.saga_id = moved.id
  )
  insert into saga_archive (${instanceColumns}) select ${instanceColumns} from moved order by id
  returning id`;

const runningSagas = `
  select id from saga_instance where definition = $1 and finished_at is null and id > $2 order by id limit $3`;

/** Housekeeping in Postgres. */
export class PostgresHousekeepingStore extends HousekeepingStore {
  constructor(private readonly source: DataSource) {
    super();
  }

  override async exclusively(work: () => Promise<void>): Promise<boolean> {
    const runner = this.source.createQueryRunner();
    try {
      // Held by the session: a process that dies lets go of it.
      const [answer] = (await this.asked('lock of housekeeping', () =>
        runner.query("select pg_try_advisory_lock(hashtext('skald housekeeping')) as mine"),
      )) as [{ mine: boolean }];
      if (!answer.mine) return false;
      try {
        await work();
      } finally {
        await runner
          .query("select pg_advisory_unlock(hashtext('skald housekeeping'))")
          .catch(() => undefined);
      }
      return true;
    } finally {
      await runner.release();
    }
  }

  override async overdue(
    before: Instant,
    limit: number,
  ): Promise<readonly (Wake & { readonly home: number })[]> {
    return this.asked('overdue sagas', () => this.source.query(overdueWakes, [new Date(before), limit]));
  }

  override async archive(before: Instant, limit: number): Promise<number> {
    const moved = await this.asked<readonly unknown[]>('archive of ended sagas', () =>
      this.source.query(archiveFinished, [new Date(before), limit]),
    );
    return moved.length;
  }

  override async dropDesks(before: Instant, limit: number): Promise<number> {
    const dropped = await this.asked<readonly unknown[]>('drop of expired desks', () =>
      this.source.query(dropExpired, [new Date(before), limit]),
    );
    return dropped.length;
  }

  override async newlySwitched(): Promise<readonly SwitchedToggle[]> {
    const rows = await this.asked('newly switched toggles', () =>
      this.source.manager.findBy(ToggleEntity, { isNew: true }),
    );
    return rows.map(toggleOf);
  }

  override async heardOf({ definition, toggle, at }: SwitchedToggle): Promise<void> {
    await this.asked('note about a toggle', () =>
      this.source.manager.update(ToggleEntity, { definition, toggle, at }, { isNew: false }),
    );
  }

  override async running(
    definition: string,
    after: SagaId | undefined,
    limit: number,
  ): Promise<readonly SagaId[]> {
    const rows = await this.asked<readonly { readonly id: SagaId }[]>('running sagas', () =>
      this.source.query(runningSagas, [definition, after ?? noSaga, limit]),
    );
    return rows.map(({ id }) => id);
  }

  override async extendPartitions(now: Instant, days: number): Promise<readonly string[]> {
    return this.asked('partitions ahead', () => extendPartitions(this.source, now, days));
  }

  override async dropPartitions(before: PartitionEnds): Promise<readonly string[]> {
    return this.asked('drop of old partitions', () => dropPartitions(this.source, before));
  }

  private async asked<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw translateError(error, what);
    }
  }
}
