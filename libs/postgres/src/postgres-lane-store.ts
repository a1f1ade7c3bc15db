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
  StoreUnavailableError,
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
import { uuidArray } from './binary-array.js';
import { namesOf, obstacleOf, repeatsKey, resultOf, type CommitAnswer } from './commit-obstacle.js';
import { grantLimited } from './grant-limited.js';
import { commitCall, commitParameters } from './commit-parameters.js';
import {
  archivedIds,
  earliestEnd,
  homeWakes,
  limitedRows,
  liveInstances,
  parkedOfSaga,
  storedDesks,
  unsentRows,
} from './lane-queries.js';
import type { LanePool } from './lane-pool.js';
import { deskOf, instanceOf, parkedOf } from './stored-rows.js';
import { takeOverLane } from './take-over.js';
import { hasState } from './translate-error.js';

/** An instance not at its revision; a key or an id that is there already. */
const IN_THE_WAY = ['SK003', '23505'] as const;

/** Lanes in Postgres. A commit is one call of a function of the database. */
export class PostgresLaneStore extends LaneStore {
  constructor(
    private readonly pool: LanePool,
    private readonly clock: Clock = new SystemClock(),
  ) {
    super();
  }

  override takeOver(lane: TopicPartition, owner: string): Promise<LanePosition> {
    return takeOverLane(this.pool, this.clock, lane, owner);
  }

  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    const parameters = commitParameters(commits);
    const foreseen = repeatsKey(commits) ? await obstacleOf(this.pool, commits) : undefined;
    if (foreseen !== undefined) return foreseen;
    const first = await this.attempt(commits, parameters);
    if (first !== 'in the way') return first;
    // What was in the way may be gone by now: another lane that raced for a key, for example, gave up.
    const obstacle = (await obstacleOf(this.pool, commits)) ?? (await this.attempt(commits, parameters));
    if (obstacle !== 'in the way') return obstacle;
    throw new StoreUnavailableError(
      `commit of ${namesOf(commits)}: something is in the way and cannot be seen`,
    );
  }

  override async unsent(lane: TopicPartition): Promise<readonly OutboxRow[]> {
    const statement = { ...unsentRows, values: [lane.topic, lane.part] };
    return this.pool.run<OutboxRow>(`outbox of ${partitionName(lane)}`, statement);
  }

  override async limited(lane: TopicPartition): Promise<readonly LimitedRow[]> {
    const statement = { ...limitedRows, values: [lane.topic, lane.part] };
    const what = `limited commands of ${partitionName(lane)}`;
    const rows = await this.pool.run<LimitedRow & { readonly payload: string | null }>(what, statement);
    return rows.map(({ payload, ...row }) => (payload === null ? row : { ...row, payload }));
  }

  override grant(request: GrantRequest): Promise<Granted> {
    return grantLimited(this.pool, request);
  }

  override async loadInstances(ids: readonly SagaId[]): Promise<readonly StoredInstance[]> {
    if (ids.length === 0) return [];
    const statement = { ...liveInstances, values: [uuidArray(ids)] };
    const rows = await this.pool.run<Parameters<typeof instanceOf>[0]>(
      `load of ${ids.length} instances`,
      statement,
    );
    return rows.map(instanceOf);
  }

  override async loadDesks(ids: readonly DeskId[]): Promise<readonly StoredDesk[]> {
    if (ids.length === 0) return [];
    const statement = { ...storedDesks, values: [uuidArray(ids)] };
    const rows = await this.pool.run<Parameters<typeof deskOf>[0]>(`load of ${ids.length} desks`, statement);
    return rows.map(deskOf);
  }

  override async wakes(home: number, until: Instant, limit: number): Promise<readonly Wake[]> {
    const statement = { ...homeWakes, values: [home, new Date(until), limit] };
    return this.pool.run<Wake>(`wakes of home ${home}`, statement);
  }

  override async loadHeld(saga: SagaId): Promise<readonly ParkedRow[]> {
    const statement = { ...parkedOfSaga, values: [saga] };
    const rows = await this.pool.run<Parameters<typeof parkedOf>[0]>(`held records of ${saga}`, statement);
    // The holder is the last one that does not wait itself; before it lie records that only named the saga.
    return rows
      .slice(
        Math.max(
          rows.findLastIndex((row) => !row.held),
          0,
        ),
      )
      .map(parkedOf);
  }

  override async archived(ids: readonly SagaId[]): Promise<readonly SagaId[]> {
    if (ids.length === 0) return [];
    const statement = { ...archivedIds, values: [uuidArray(ids), new Date(earliestEnd(ids))] };
    const rows = await this.pool.run<{ id: SagaId }>(`archive of ${ids.length} sagas`, statement);
    return rows.map((row) => row.id);
  }

  private async attempt(
    commits: readonly LaneCommit[],
    values: (Buffer | string | null)[],
  ): Promise<CommitResult | 'in the way'> {
    try {
      return resultOf(
        await this.pool.run<CommitAnswer>(`commit of ${namesOf(commits)}`, { ...commitCall, values }),
      );
    } catch (error) {
      if (error instanceof Error && hasState(error.cause, ...IN_THE_WAY)) return 'in the way';
      throw error;
    }
  }
}
