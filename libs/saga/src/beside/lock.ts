import type { Instant } from '../json.js';
import type { OperationName } from '../operation-name.js';

/** What a saga does when somebody else holds the lock it asks for. */
export type Conflict = 'wait' | 'refuse' | 'takeOver';

/** Which saga asks, as people and the wait-for graph need to know it. */
export interface Claimant {
  readonly saga: string;
  readonly definition: string;
  /** Its business key. */
  readonly key: string;
  readonly startedAt: Instant;
  /** The saga that waits for this one. */
  readonly parent?: string;
  /** Its pivot took effect, so it can only go on: what it holds it keeps, and it is not asked to give way. */
  readonly keeps?: true;
}

/** Somebody who wants a lock. */
export interface Claim extends Claimant {
  /** The name it waits under. */
  readonly id: OperationName;
  readonly block: string;
  readonly leaseMs: number;
  readonly conflict: Conflict;
  readonly since: Instant;
  /** Where the saga stands, said again by a holder whenever that changes; absent: it does not say. */
  readonly says?: readonly string[];
}

/** Somebody who has it. */
export interface Holder extends Claim {
  /** All names under which the same saga has it: it may take a lock twice. */
  readonly ids: readonly OperationName[];
  readonly token: number;
  readonly grantedAt: Instant;
  /** Until then only a `takeOver` takes it away. */
  readonly leasedUntil: Instant;
  /** When it was asked to undo what stands under the lock. */
  readonly askedAt?: Instant;
  /** What it has undone of that, by how participants know it. */
  readonly undone?: readonly string[];
  /** What the former holder had undone when this one took the lock over. */
  readonly supersedes?: readonly string[];
}

/** A lock: who has it, and who waits, in order. */
export interface LockState {
  /** The highest token ever given. */
  readonly token: number;
  readonly holder?: Holder;
  readonly queue: readonly Claim[];
}

/** What moves a lock. */
export type LockInput =
  | { readonly kind: 'claim'; readonly claim: Claim }
  /** Nobody wants it any more under this name; what stood under it is undone. */
  | {
      readonly kind: 'release';
      readonly saga: string;
      readonly id: OperationName;
      readonly undone?: readonly string[];
    }
  /** Sagas wait for each other in a circle, and this one is to go back. */
  | {
      readonly kind: 'give-way';
      readonly saga: string;
      readonly id: OperationName;
      readonly circle: readonly string[];
    }
  | { readonly kind: 'due' };

/** What a lock tells a saga. */
export interface LockEffect {
  readonly saga: string;
  readonly id: OperationName;
  readonly what: 'granted' | 'refused' | 'lost';
  readonly data:
    | { readonly token: number; readonly supersedes?: readonly string[] }
    | { readonly reason: string; readonly holder?: Pick<Claim, 'saga' | 'definition' | 'key' | 'says'> };
}

/** What an input makes of a lock. */
export interface LockTurn {
  readonly state: LockState;
  readonly effects: readonly LockEffect[];
  /** When somebody's lease is over that others wait for. */
  readonly wakeAt?: Instant;
}

/** One saga that waits for another one. */
export interface Waiting {
  readonly waiter: Claimant;
  readonly id: OperationName;
  readonly holder: Claimant;
}
