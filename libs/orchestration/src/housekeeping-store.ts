import type { Instant } from '#libs/messaging';
import type { Wake } from './lane-store.js';

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

  /** Makes the partitions of history and archive for `days` days ahead of `now`; returns the names made. */
  abstract extendPartitions(now: Instant, days: number): Promise<readonly string[]>;

  /** Drops partitions that ended before `before` and hold nothing of a live saga; returns the names dropped. */
  abstract dropPartitions(before: Instant): Promise<readonly string[]>;
}
