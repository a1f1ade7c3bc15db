import type { Instant, SagaId } from '#libs/messaging';
import {
  HousekeepingStore,
  type PartitionEnds,
  type StoredInstance,
  type SwitchedToggle,
  type Wake,
} from '#libs/orchestration';
import { dueRows } from './in-memory-lane-store.js';
import { settleLimited, unsentLimited } from './in-memory-limits.js';
import { dayOf, InMemoryTables, partitionNameOf } from './in-memory-tables.js';

const DAY_MS = 86_400_000;

/** Housekeeping over memory. Partitions are names only: rows are kept whether theirs exists or not. */
export class InMemoryHousekeepingStore extends HousekeepingStore {
  constructor(private readonly tables: InMemoryTables = new InMemoryTables()) {
    super();
  }

  override async exclusively(work: () => Promise<void>): Promise<boolean> {
    if (this.tables.keeping) return false;
    this.tables.keeping = true;
    try {
      await work();
      return true;
    } finally {
      this.tables.keeping = false;
    }
  }

  override async overdue(
    before: Instant,
    limit: number,
  ): Promise<readonly (Wake & { readonly home: number })[]> {
    const held = new Set(unsentLimited(this.tables).map(({ saga }) => saga));
    return dueRows(this.tables, before - 1, Number.POSITIVE_INFINITY)
      .filter(({ saga }) => !held.has(saga))
      .slice(0, limit);
  }

  override async archive(before: Instant, limit: number): Promise<number> {
    const done = [...this.tables.instances.values()]
      .filter((row) => row.finishedAt !== undefined && row.finishedAt < before && !row.incident && !row.held)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit);
    for (const instance of done) this.moveToArchive(instance);
    return done.length;
  }

  override async dropDesks(before: Instant, limit: number): Promise<number> {
    const expired = [...this.tables.desks.values()]
      .filter((row) => row.expiresAt !== undefined && row.expiresAt < before && !row.held)
      .slice(0, limit);
    for (const { id } of expired) this.tables.desks.delete(id);
    return expired.length;
  }

  override async newlySwitched(): Promise<readonly SwitchedToggle[]> {
    return [...this.tables.newToggles].map((name) => this.tables.toggles.get(name)!);
  }

  override async heardOf(toggle: SwitchedToggle): Promise<void> {
    const name = `${toggle.definition} ${toggle.toggle}`;
    if (this.tables.toggles.get(name)?.at === toggle.at) this.tables.newToggles.delete(name);
  }

  override async running(
    definition: string,
    after: SagaId | undefined,
    limit: number,
  ): Promise<readonly SagaId[]> {
    return [...this.tables.instances.values()]
      .filter((row) => row.definition === definition && row.finishedAt === undefined)
      .map(({ id }) => id)
      .filter((id) => after === undefined || id > after)
      .toSorted()
      .slice(0, limit);
  }

  override async extendPartitions(now: Instant, days: number): Promise<readonly string[]> {
    const ahead = Array.from({ length: days + 1 }, (_, day) => dayOf(now) + day * DAY_MS);
    const names = ahead.flatMap((day) => [
      partitionNameOf('saga_history', day),
      partitionNameOf('saga_archive', day),
    ]);
    const made = names.filter((name) => !this.tables.partitions.has(name));
    for (const name of made) this.tables.partitions.add(name);
    return made;
  }

  override async dropPartitions({ history, archive }: PartitionEnds): Promise<readonly string[]> {
    const needed = new Set(
      [...this.tables.instances.keys()].flatMap((saga) => this.partitionsOfHistory(saga)),
    );
    const ended = [...this.tables.partitions].filter(
      (name) =>
        dayOfName(name) + DAY_MS <= (name.startsWith('saga_history') ? history : archive) &&
        !needed.has(name),
    );
    for (const name of ended) this.drop(name);
    return ended.toSorted();
  }

  private moveToArchive(instance: StoredInstance): void {
    this.tables.instances.delete(instance.id);
    this.tables.archive.set(instance.id, instance);
    settleLimited(this.tables, instance.id);
    for (const [key, holder] of this.tables.keys) {
      if (holder.saga === instance.id && holder.reusable) this.tables.keys.delete(key);
    }
  }

  private partitionsOfHistory(saga: string): readonly string[] {
    return (this.tables.history.get(saga) ?? []).map((row) => partitionNameOf('saga_history', dayOf(row.at)));
  }

  private drop(name: string): void {
    this.tables.partitions.delete(name);
    for (const [saga, rows] of this.tables.history) {
      const kept = rows.filter((row) => partitionNameOf('saga_history', dayOf(row.at)) !== name);
      if (kept.length < rows.length) this.tables.history.set(saga, kept);
    }
    for (const [saga, row] of this.tables.archive) {
      if (partitionNameOf('saga_archive', dayOf(row.finishedAt ?? 0)) === name)
        this.tables.archive.delete(saga);
    }
  }
}

function dayOfName(name: string): Instant {
  const [, year, month, day] = /(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}
