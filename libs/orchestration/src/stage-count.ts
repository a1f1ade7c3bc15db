import type { Instant } from '#libs/messaging';
import type { SagaStatus } from '#libs/saga';

/** Live sagas of one version that stand at one node of it. */
export interface StageCount {
  readonly definition: string;
  readonly version: number;
  readonly status: SagaStatus;
  /** Where they wait, or wait to be undone; absent for those that wait for nothing there is a node for. */
  readonly node?: string;
  readonly count: number;
  /** Those of them that are counted at no other node: the sum of these is the number of sagas. */
  readonly counted: number;
  /** Those of them that have an open incident. */
  readonly withIncident: number;
  /** Since when the first of them stands there. */
  readonly oldestAt: Instant;
  /** How many have stood there for more than an hour, and for more than a day. */
  readonly overHour: number;
  readonly overDay: number;
}
