import type { Instant } from '#libs/messaging';
import type { SagaStatus, SagaTarget } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import { isFinal } from '../live-saga.js';
import { isProgress } from '../progress.js';
import type { Waiting } from './waiting.js';

/** A saga that has not come nearer to its end for longer than its definition expects. */
export interface Stall {
  /** When it came nearer to its end last. */
  readonly since: Instant;
  /** What it waits for, in words; absent when nobody knows. */
  readonly blocker?: string;
}

/** What {@link stallOf} looks at. */
export interface StallView {
  readonly status: SagaStatus;
  readonly startedAt: Instant;
  readonly waitsFor: readonly Waiting[];
  readonly history: readonly HistoryEntry[];
  /** Without one nobody has said how long it may take. */
  readonly target: SagaTarget | undefined;
}

/** Whether a saga stands still. Messages that are sent again do not count as moving. */
export function stallOf(view: StallView, now: Instant): Stall | undefined {
  const { status, startedAt, waitsFor, history, target } = view;
  if (target === undefined || isFinal(status)) return undefined;
  const since = lastProgress(history) ?? startedAt;
  if (now - since <= target.withinMs) return undefined;
  const [first] = waitsFor;
  return { since, ...(first === undefined ? {} : { blocker: first.text }) };
}

/** When a saga came nearer to its end last. What had no effect is in the history too, such as a start that came twice. */
export function lastProgress(history: readonly HistoryEntry[]): Instant | undefined {
  return history.findLast((entry) => entry.effects.length > 0 && isProgress(entry))?.input.now;
}
