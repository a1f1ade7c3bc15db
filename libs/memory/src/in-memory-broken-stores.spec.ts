import { describe } from '@jest/globals';
import type { Instant, SagaId } from '#libs/messaging';
import type {
  EndedSaga,
  FixedStart,
  Installation,
  PublishedDocument,
  PublishedFile,
  StoredInstance,
  PartitionEnds,
} from '#libs/orchestration';
import {
  definitionStoreContract,
  housekeepingStoreContract,
  installationStoreContract,
  operatorStoreContract,
  transferStoreContract,
  type StoreSet,
} from '#libs/testing';
import { InMemoryDefinitionStore } from './in-memory-definition-store.js';
import { InMemoryHousekeepingStore } from './in-memory-housekeeping-store.js';
import { InMemoryInstallationStore } from './in-memory-installation-store.js';
import { InMemoryOperatorStore } from './in-memory-operator-store.js';
import { storesOver } from './in-memory-stores.fixture.js';
import { InMemoryTransferStore } from './in-memory-transfer-store.js';
import { InMemoryTables } from './in-memory-tables.js';

/** Stores of which one is broken on purpose. */
function broken(breakOne: (tables: InMemoryTables) => Partial<StoreSet>) {
  return async () => {
    const tables = new InMemoryTables();
    return { subject: storesOver(tables, breakOne(tables)) };
  };
}

/** Takes another text for a correction. */
class Overwriting extends InMemoryDefinitionStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async publish(
    documents: readonly PublishedDocument[],
    files: readonly PublishedFile[],
    by: string,
  ): Promise<number> {
    for (const { kind, name, version } of documents)
      this.data.documents.delete([kind, name, version].join('\0'));
    return super.publish(documents, files, by);
  }
}

/** Publishes one document after the other, so that a refusal comes too late for the first. */
class OneByOne extends InMemoryDefinitionStore {
  override async publish(
    documents: readonly PublishedDocument[],
    files: readonly PublishedFile[],
    by: string,
  ): Promise<number> {
    for (const document of documents) await super.publish([document], [], by);
    return super.publish([], files, by);
  }
}

/** Lets the latest installation win. */
class Reinstalling extends InMemoryInstallationStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async install(installation: Installation): Promise<Installation> {
    this.data.installation = installation;
    return installation;
  }
}

/** Gives every repetition an identity of its own. */
class FixingAnew extends InMemoryOperatorStore {
  override async fixStart(_request: string, start: FixedStart): Promise<FixedStart> {
    return start;
  }
}

/** Looks among the living only. */
class ForgettingArchive extends InMemoryOperatorStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async find(id: SagaId): Promise<StoredInstance | undefined> {
    return this.data.instances.get(id);
  }
}

/** Lets everybody in. */
class WithoutDoor extends InMemoryHousekeepingStore {
  override async exclusively(work: () => Promise<void>): Promise<boolean> {
    await work();
    return true;
  }
}

/** Archives without freeing keys. */
class KeepingKeys extends InMemoryHousekeepingStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async archive(before: Instant, limit: number): Promise<number> {
    const keys = [...this.data.keys];
    const moved = await super.archive(before, limit);
    for (const [key, holder] of keys) this.data.keys.set(key, holder);
    return moved;
  }
}

/** Drops by the calendar alone. */
class DroppingHistory extends InMemoryHousekeepingStore {
  constructor(private readonly data: InMemoryTables) {
    super(data);
  }

  override async dropPartitions(before: PartitionEnds): Promise<readonly string[]> {
    const dropped = await super.dropPartitions(before);
    this.data.history.clear();
    return dropped;
  }
}

/** Takes one saga after the other, so that a refusal comes too late for the first. */
class TakingOneByOne extends InMemoryTransferStore {
  override async take(sagas: readonly EndedSaga[]): Promise<number> {
    for (const saga of sagas) await super.take([saga]);
    return sagas.length;
  }
}

/** Takes whatever came before for a part of the import. */
class Welcoming extends InMemoryTransferStore {
  override async begin(...given: Parameters<InMemoryTransferStore['begin']>) {
    const answer = await super.begin(...given);
    return answer === 'occupied' ? 'resumed' : answer;
  }
}

describe('the contracts of the other stores', () => {
  definitionStoreContract.rejects(
    'a store that overwrites versions',
    broken((tables) => ({ definitions: new Overwriting(tables) })),
    'refuses another text under a published version, and all that came with it',
  );
  definitionStoreContract.rejects(
    'a store that publishes one by one',
    broken((tables) => ({ definitions: new OneByOne(tables) })),
    'refuses another text under a published version, and all that came with it',
  );
  installationStoreContract.rejects(
    'a store that installs anew',
    broken((tables) => ({ installations: new Reinstalling(tables) })),
    'refuses another number of home partitions',
  );
  operatorStoreContract.rejects(
    'a store that fixes every start anew',
    broken((tables) => ({ operators: new FixingAnew(tables) })),
    'fixes a start under its request',
  );
  operatorStoreContract.rejects(
    'a store that forgets the archive',
    broken((tables) => ({ operators: new ForgettingArchive(tables) })),
    'finds a saga, live or archived',
  );
  housekeepingStoreContract.rejects(
    'a store that lets everybody in',
    broken((tables) => ({ housekeeping: new WithoutDoor(tables) })),
    'lets one process work at a time',
  );
  housekeepingStoreContract.rejects(
    'a store that keeps every key',
    broken((tables) => ({ housekeeping: new KeepingKeys(tables) })),
    'frees reusable keys of what it archives, and no others',
  );
  housekeepingStoreContract.rejects(
    'a store that drops what the living need',
    broken((tables) => ({ housekeeping: new DroppingHistory(tables) })),
    'keeps the history of living sagas',
  );
  transferStoreContract.rejects(
    'a store that takes sagas one by one',
    broken((tables) => ({ transfers: new TakingOneByOne(tables) })),
    'takes all of some sagas or none',
  );
  transferStoreContract.rejects(
    'a store that imports into what is in use',
    broken((tables) => ({ transfers: new Welcoming(tables) })),
    'begins no import where something is published',
  );
});
