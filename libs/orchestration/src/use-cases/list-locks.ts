import type { LockState } from '#libs/saga';
import { lockDeskKind, lockTag, lockView, type LockView } from '../desks/lock-desk.js';
import type { OperatorStore } from '../operator-store.js';
import { taggedDesks } from './tagged-desks.js';
import { wholeNumber } from './whole-number.js';

/** Which locks to list; all that is said has to hold. */
export interface LockFilter {
  /** Only this one. */
  readonly resource?: string;
  /** Held or waited for by this saga. */
  readonly saga?: string;
  /** Only those that somebody waits for. */
  readonly waited?: boolean;
  /** 1…500, default 50. */
  readonly limit?: number;
}

/** Locks, by resource. */
export interface LockPage {
  readonly locks: readonly LockView[];
  /** There are more than are shown here. */
  readonly more: boolean;
}

const largestLimit = 500;

/** Lists who holds which lock, and who waits for it. */
export class ListLocks {
  constructor(private readonly store: OperatorStore) {}

  /** @throws RequestError when the filter makes no sense. */
  async list({ resource, saga, waited, limit: asked = 50 }: LockFilter): Promise<LockPage> {
    const limit = wholeNumber('limit', asked, largestLimit);
    const tag = waited === true ? lockTag.waited : lockTag.held;
    const looked = saga === undefined ? tag : lockTag.saga(saga);
    const { rows, isCut } = await taggedDesks(this.store, lockDeskKind, looked);
    const locks = rows
      .filter(({ key, tags }) => (resource === undefined || key === resource) && tags.includes(tag))
      .map(({ key, state }) => lockView(key, JSON.parse(state) as LockState))
      .toSorted((one, other) => (one.resource < other.resource ? -1 : 1));
    return { locks: locks.slice(0, limit), more: locks.length > limit || isCut };
  }
}
