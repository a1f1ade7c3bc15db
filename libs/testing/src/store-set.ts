import { deriveDeskId, deriveSagaId, keyHash, type Instant, type TopicPartition } from '#libs/messaging';
import type {
  DefinitionStore,
  HousekeepingStore,
  InstallationStore,
  LaneCommit,
  LanePosition,
  LaneStore,
  NewInstance,
  OperatorStore,
  ParkedRow,
  StoredDesk,
  StoredInstance,
  TransferStore,
} from '#libs/orchestration';

/** The stores of one installation, over the same data: what the contracts of stores run on. */
export interface StoreSet {
  readonly lanes: LaneStore;
  readonly operators: OperatorStore;
  readonly housekeeping: HousekeepingStore;
  readonly definitions: DefinitionStore;
  readonly installations: InstallationStore;
  readonly transfers: TransferStore;
  /** An instant whose day the stores are prepared for, as they are for the two days around it. */
  readonly now: Instant;
}

/** A start of the order saga; what is given replaces what it has by default. */
export function startedOrder(
  now: Instant,
  businessKey: string,
  given: Partial<NewInstance> = {},
): NewInstance {
  const definition = given.definition ?? 'order';
  const identity = {
    installation: 'contract',
    definition,
    businessKey,
    source: '/contract',
    eventId: 'placed',
    at: now,
  };
  return {
    id: deriveSagaId(identity),
    definition,
    version: 1,
    businessKey,
    status: 'running',
    revision: 1,
    home: 0,
    state: `{"order":${JSON.stringify(businessKey)}}`,
    incident: false,
    held: false,
    trace: '',
    startedAt: now,
    keyHash: keyHash(definition, businessKey),
    reusableKey: false,
    ...given,
  };
}

/** The instance as it is stored by its start. */
export function storedOrder(start: NewInstance, given: Partial<StoredInstance> = {}): StoredInstance {
  const { keyHash: _, reusableKey: __, ...instance } = start;
  return { ...instance, ...given };
}

/** The desk of a lock; what is given replaces what it has by default. */
export function storedLock(key: string, given: Partial<StoredDesk> = {}): StoredDesk {
  const id = deriveDeskId(given.kind ?? 'lock', key);
  return { id, kind: 'lock', key, home: 0, state: '{"no":1}', held: false, tags: [], ...given };
}

/** A batch of `lane` that changes only what is given. */
export function batchOf(lane: LanePosition, given: Partial<LaneCommit> = {}): LaneCommit {
  const nothing = {
    inserts: [],
    updates: [],
    history: [],
    parked: [],
    unparked: [],
    incidents: [],
    audits: [],
    gated: [],
  };
  return { lane, ...nothing, acknowledged: [], ...given };
}

/** Where a lane stands after `batch`: what a holder carries on with. */
export function after(batch: LaneCommit): LanePosition {
  const { lane, nextOffset, anchor } = batch;
  return {
    ...lane,
    seq: lane.seq + 1,
    ...(nextOffset === undefined ? {} : { nextOffset, takeovers: 0, attempts: 0 }),
    ...(anchor === undefined ? {} : { anchor }),
  };
}

/** Takes home partition 0 over and commits one batch: the usual arrangement. */
export async function committed(
  stores: StoreSet,
  given: Partial<LaneCommit>,
  at: TopicPartition = home0,
): Promise<LanePosition> {
  const lane = await stores.lanes.takeOver(at, 'contract');
  const batch = batchOf(lane, given);
  const result = await stores.lanes.commit([batch]);
  if (result.kind !== 'committed') throw new Error(`not committed: ${JSON.stringify(result)}`);
  return after(batch);
}

/** The first home partition. */
export const home0: TopicPartition = { topic: 'contract.home', part: 0 };

/** Another home partition. */
export const home1: TopicPartition = { topic: 'contract.home', part: 1 };

/** A record of the first home that was set aside. */
export function parked(offset: number, given: Partial<ParkedRow> = {}): ParkedRow {
  const bytes = { key: Buffer.from('key'), value: Buffer.from('value'), headers: {} };
  return {
    ...home0,
    offset,
    timestamp: 1_700_000_000_000,
    reason: 'malformed',
    message: 'not JSON',
    held: false,
    ...bytes,
    ...given,
  };
}
