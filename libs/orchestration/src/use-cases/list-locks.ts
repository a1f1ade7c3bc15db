import type { LockState } from '#libs/saga';
import { lockDeskKind, lockTag, lockView, type LockView } from '../desks/lock-desk.js';
import type { StoredDesk } from '../lane-store.js';
import type { OperatorStore } from '../operator-store.js';
import { RequestError } from './request-error.js';

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

const pageSize = 500;
const lookedThrough = 10_000;

/** Lists who holds which lock, and who waits for it. */
export class ListLocks {
  constructor(private readonly store: OperatorStore) {}

  /** @throws RequestError when the filter makes no sense. */
  async list({ resource, saga, waited, limit = 50 }: LockFilter): Promise<LockPage> {
    if (!Number.isInteger(limit) || limit < 1 || limit > pageSize)
      throw new RequestError('INVALID_REQUEST', `limit has to be a whole number from 1 to ${pageSize}`);
    const tag = waited === true ? lockTag.waited : lockTag.held;
    const rows = await this.tagged(saga === undefined ? tag : lockTag.saga(saga));
    const locks = rows
      .filter(({ key, tags }) => (resource === undefined || key === resource) && tags.includes(tag))
      .map(({ key, state }) => lockView(key, JSON.parse(state) as LockState))
      .toSorted((one, other) => (one.resource < other.resource ? -1 : 1));
    return { locks: locks.slice(0, limit), more: locks.length > limit || rows.length >= lookedThrough };
  }

  private async tagged(tag: string): Promise<readonly StoredDesk[]> {
    const rows: StoredDesk[] = [];
    for (;;) {
      const after = rows.at(-1)?.id;
      const from = after === undefined ? {} : { after };
      const page = await this.store.desks({ kind: lockDeskKind, tag, limit: pageSize, ...from });
      rows.push(...page);
      if (page.length < pageSize || rows.length >= lookedThrough) return rows;
    }
  }
}
