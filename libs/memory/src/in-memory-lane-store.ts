import {
  partitionName,
  SystemClock,
  type Clock,
  type DeskId,
  type Instant,
  type SagaId,
  type TopicPartition,
} from '#libs/messaging';
import {
  LaneStore,
  type CommitResult,
  type Granted,
  type GrantRequest,
  type LaneCommit,
  type LanePosition,
  type LimitedRow,
  type OutboxRow,
  type ParkedRow,
  type StoredDesk,
  type StoredInstance,
  type Wake,
} from '#libs/orchestration';
import { applyCommit, obstacle } from './in-memory-commit.js';
import { grantLimited } from './in-memory-limits.js';
import { InMemoryTables, type LaneRow } from './in-memory-tables.js';

/** Lanes kept in memory: for tests, simulations and trying Skald out. A call takes effect at once, as a whole. */
export class InMemoryLaneStore extends LaneStore {
  constructor(
    private readonly tables: InMemoryTables = new InMemoryTables(),
    private readonly clock: Clock = new SystemClock(),
  ) {
    super();
  }

  override async takeOver(lane: TopicPartition, owner: string): Promise<LanePosition> {
    const { topic, part } = lane;
    const isNew = !this.tables.lanes.has(partitionName(lane));
    const stored = this.tables.lanes.get(partitionName(lane)) ?? {
      topic,
      part,
      epoch: 0,
      seq: 0,
      takeovers: 0,
      attempts: 0,
      owner,
    };
    const taken = {
      ...stored,
      owner,
      epoch: stored.epoch + 1,
      takeovers: stored.takeovers + (isNew || stored.owner !== owner ? 1 : 0),
    };
    this.tables.lanes.set(partitionName(lane), taken);
    return positionOf(taken);
  }

  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    const reason = obstacle(this.tables, commits);
    if (reason !== undefined) return reason;
    for (const commit of commits) applyCommit(this.tables, commit);
    return { kind: 'committed' };
  }

  override async unsent(lane: TopicPartition): Promise<readonly OutboxRow[]> {
    const rows = [...(this.tables.outbox.get(partitionName(lane)) ?? [])];
    return rows.toSorted(([one], [other]) => one - other).map(([seq, payload]) => ({ seq, payload }));
  }

  override async limited(lane: TopicPartition): Promise<readonly LimitedRow[]> {
    const rows = [...(this.tables.limited.get(partitionName(lane))?.values() ?? [])];
    return rows.toSorted((one, other) => one.seq - other.seq || one.n - other.n);
  }

  override async grant(request: GrantRequest): Promise<Granted> {
    return grantLimited(this.tables, request, this.clock.now());
  }

  override async loadInstances(ids: readonly SagaId[]): Promise<readonly StoredInstance[]> {
    return [...new Set(ids)].flatMap((id) => this.tables.instances.get(id) ?? []);
  }

  override async loadDesks(ids: readonly DeskId[]): Promise<readonly StoredDesk[]> {
    return [...new Set(ids)].flatMap((id) => this.tables.desks.get(id) ?? []);
  }

  override async wakes(home: number, until: Instant, limit: number): Promise<readonly Wake[]> {
    return dueRows(this.tables, until, limit, home).map(({ saga, at }) => ({ saga, at }));
  }

  override async loadHeld(saga: SagaId): Promise<readonly ParkedRow[]> {
    const rows = [...this.tables.parked.values()]
      .filter((row) => row.saga === saga)
      .toSorted((one, other) => one.offset - other.offset);
    return rows.slice(
      Math.max(
        rows.findLastIndex((row) => !row.held),
        0,
      ),
    );
  }

  override async archived(ids: readonly SagaId[]): Promise<readonly SagaId[]> {
    return [...new Set(ids)].filter((id) => this.tables.archive.has(id));
  }
}

/** A lane without its owner. */
export function positionOf(row: LaneRow): LanePosition {
  const { owner: _, ...position } = row;
  return position;
}

/** Unfinished sagas and desks to be woken at or before `until`, earliest first. */
export function dueRows(
  tables: InMemoryTables,
  until: Instant,
  limit: number,
  home?: number,
): readonly (Wake & { readonly home: number })[] {
  const unfinished = [...tables.instances.values()].filter((row) => row.finishedAt === undefined);
  return [...unfinished, ...tables.desks.values()]
    .filter((row) => home === undefined || row.home === home)
    .flatMap((row) =>
      row.wakeAt !== undefined && row.wakeAt <= until
        ? [{ saga: row.id, at: row.wakeAt, home: row.home }]
        : [],
    )
    .toSorted((one, other) => one.at - other.at)
    .slice(0, limit);
}
