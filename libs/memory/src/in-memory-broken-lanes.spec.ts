import { describe } from '@jest/globals';
import type { TopicPartition } from '#libs/messaging';
import type { CommitResult, LaneCommit, LanePosition } from '#libs/orchestration';
import { laneStoreContract } from '#libs/testing';
import { InMemoryLaneStore } from './in-memory-lane-store.js';
import { storesOver } from './in-memory-stores.fixture.js';
import { InMemoryTables } from './in-memory-tables.js';

/** Stores whose lanes are broken on purpose. */
function broken(make: (tables: InMemoryTables) => InMemoryLaneStore) {
  return async () => {
    const tables = new InMemoryTables();
    return { subject: storesOver(tables, { lanes: make(tables) }) };
  };
}

/** Commits whatever the holder believes. */
class WithoutFence extends InMemoryLaneStore {
  constructor(protected readonly data: InMemoryTables) {
    super(data);
  }

  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    return super.commit(commits.map((commit) => ({ ...commit, lane: this.presentOf(commit.lane) })));
  }

  private presentOf(lane: LanePosition): LanePosition {
    return { ...lane, ...this.data.lanes.get(`${lane.topic}/${lane.part}`) };
  }
}

/** Compares who holds the lane, but not how far it is. */
class WithoutSequence extends WithoutFence {
  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    const stored = await Promise.all(commits.map((commit) => this.epochOf(commit.lane)));
    const isHeld = commits.every((commit, index) => commit.lane.epoch === stored[index]);
    return isHeld ? super.commit(commits) : InMemoryLaneStore.prototype.commit.call(this, commits);
  }

  private async epochOf(lane: TopicPartition): Promise<number | undefined> {
    return this.data.lanes.get(`${lane.topic}/${lane.part}`)?.epoch;
  }
}

/** Applies one lane after the other. */
class LaneByLane extends InMemoryLaneStore {
  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    for (const commit of commits) {
      const result = await super.commit([commit]);
      if (result.kind !== 'committed') return result;
    }
    return { kind: 'committed' };
  }
}

/** Takes the outbox for published as soon as somebody else has the lane. */
class WithoutTail extends InMemoryLaneStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async takeOver(lane: TopicPartition, owner: string): Promise<LanePosition> {
    this.data.outbox.delete(`${lane.topic}/${lane.part}`);
    return super.takeOver(lane, owner);
  }
}

/** Deletes acknowledged rows by number alone. */
class AcknowledgesEverywhere extends InMemoryLaneStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    const result = await super.commit(commits);
    for (const rows of this.data.outbox.values())
      for (const { acknowledged } of commits) for (const seq of acknowledged) rows.delete(seq);
    return result;
  }
}

/** Deletes everything up to the highest acknowledged number. */
class AcknowledgesBelow extends InMemoryLaneStore {
  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    return super.commit(
      commits.map((commit) => ({
        ...commit,
        acknowledged: commit.acknowledged.flatMap((seq) =>
          Array.from({ length: seq + 1 }, (_, below) => below),
        ),
      })),
    );
  }
}

/** Overwrites instances of whatever revision. */
class LastWriterWins extends InMemoryLaneStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    for (const update of commits.flatMap((commit) => commit.updates)) {
      const stored = this.data.instances.get(update.id);
      if (stored !== undefined)
        this.data.instances.set(update.id, { ...stored, revision: update.revision - 1 });
    }
    return super.commit(commits);
  }
}

/** Forgets who has a key. */
class WithoutKeys extends InMemoryLaneStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    this.data.keys.clear();
    return super.commit(commits);
  }
}

/** Adds to what it knows of desks and never forgets one. */
class KeepsDesks extends InMemoryLaneStore {
  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    return super.commit(
      commits.map(({ desks, ...commit }) =>
        desks === undefined ? commit : { ...commit, desks: { ...desks, gone: [] } },
      ),
    );
  }
}

/** Stores desks before it knows whether the rest can be. */
class DesksFirst extends InMemoryLaneStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    for (const { desks } of commits) for (const desk of desks?.kept ?? []) this.data.desks.set(desk.id, desk);
    return super.commit(commits);
  }
}

describe('the contract of lanes', () => {
  laneStoreContract.rejects(
    'a store that never forgets a desk',
    broken((tables) => new KeepsDesks(tables)),
    'forgets desks that are gone',
  );
  laneStoreContract.rejects(
    'a store that keeps desks of a refused commit',
    broken((tables) => new DesksFirst(tables)),
    'writes no desk of a lane that is lost',
  );
  laneStoreContract.rejects(
    'a store that forgets the epoch',
    broken((tables) => new WithoutFence(tables)),
    'refuses a former holder and names the lane',
  );
  laneStoreContract.rejects(
    'a store that forgets the number',
    broken((tables) => new WithoutSequence(tables)),
    'applies a batch once only',
  );
  laneStoreContract.rejects(
    'a store that commits lane by lane',
    broken((tables) => new LaneByLane(tables)),
    'writes nothing of any lane when one is lost',
  );
  laneStoreContract.rejects(
    'a store that loses the last batch',
    broken((tables) => new WithoutTail(tables)),
    'shows the next holder what was committed and not deleted, oldest first',
  );
  laneStoreContract.rejects(
    'a store that deletes rows of other lanes',
    broken((tables) => new AcknowledgesEverywhere(tables)),
    'deletes exactly the acknowledged rows of the lane',
  );
  laneStoreContract.rejects(
    'a store that ignores revisions',
    broken((tables) => new LastWriterWins(tables)),
    'names an instance of another revision and writes nothing',
  );
  laneStoreContract.rejects(
    'a store that forgets keys',
    broken((tables) => new WithoutKeys(tables)),
    'tells a second start of a key its winner and writes nothing',
  );
  laneStoreContract.rejects(
    'a store that deletes up to a number',
    broken((tables) => new AcknowledgesBelow(tables)),
    'deletes exactly the acknowledged rows of the lane',
  );
});
