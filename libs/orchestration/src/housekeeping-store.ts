import type { Instant, SagaId } from '#libs/messaging';
import type { SwitchedToggle } from './definition-store.js';
import type { Wake } from './lane-store.js';

/** Until when days of history, and of sagas that have ended, are not needed any more. */
export interface PartitionEnds {
  readonly history: Instant;
  readonly archive: Instant;
}

/**
 * Work that is done once for the whole installation, whoever does it.
 *
 * Errors: StoreUnavailableError.
 */
export abstract class HousekeepingStore {
  /** Runs `work` if no other process is in it. False: another one is. */
  abstract exclusively(work: () => Promise<void>): Promise<boolean>;

  /** Sagas and desks that should have been woken before `before`, with their home partitions. */
  abstract overdue(before: Instant, limit: number): Promise<readonly (Wake & { readonly home: number })[]>;

  /** Moves sagas that finished before `before` to the archive, in id order; returns how many. Frees their keys where the definition says so. */
  abstract archive(before: Instant, limit: number): Promise<number>;

  /** Drops desks that expired before `before`, unless a record holds them; returns how many. */
  abstract dropDesks(before: Instant, limit: number): Promise<number>;

  /** Toggles whose last switching not every running saga is known to have heard of. */
  abstract newlySwitched(): Promise<readonly SwitchedToggle[]>;

  /** Notes that every running saga has heard of it; one that was switched again meanwhile stays new. */
  abstract heardOf(toggle: SwitchedToggle): Promise<void>;

  /** Unfinished sagas of a definition behind `after`, in the order of their ids. */
  abstract running(definition: string, after: SagaId | undefined, limit: number): Promise<readonly SagaId[]>;

  /** Makes the partitions of history and archive for `days` days ahead of `now`; returns the names made. */
  abstract extendPartitions(now: Instant, days: number): Promise<readonly string[]>;

  /** Drops partitions that ended before and hold nothing of a live saga; returns the names dropped. */
  abstract dropPartitions(before: PartitionEnds): Promise<readonly string[]>;
}
