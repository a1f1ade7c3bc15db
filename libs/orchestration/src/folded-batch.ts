import type { Instant, SagaId } from '#libs/messaging';
import type { FoldedDesks } from './desks/desk-folding.js';
import type { LiveDesk } from './desks/live-desk.js';
import type { AskedFact } from './fact-outcome.js';
import type { LaneCommit } from './lane-store.js';
import type { LiveSaga } from './live-saga.js';
import type { OutgoingMessage } from './outgoing-message.js';
import type { Transition } from './saga-trace.js';

/** The content of a lane's commit, without what only the lane knows. */
export type FoldedCommit = Omit<LaneCommit, 'lane' | 'nextOffset' | 'anchor' | 'outbox' | 'acknowledged'>;

/** The result of folding a batch. Nothing of it has happened yet. */
export interface FoldedBatch {
  readonly commit: FoldedCommit;
  readonly messages: readonly OutgoingMessage[];
  readonly changed: ReadonlyMap<SagaId, LiveSaga>;
  /** Absent: no desk had anything to do with the batch. */
  readonly desks?: readonly LiveDesk[];
  /** Facts that triggers asked for; absent: none. */
  readonly facts?: readonly AskedFact[];
  /** Facts of which others than their sources have spoken; absent: none. */
  readonly hearsay?: readonly string[];
  readonly transitions: readonly Transition[];
  /** Time of the last record. */
  readonly at: Instant;
}

/** The batch together with what came of the desks in it. */
export function withDesks(folded: FoldedBatch, desks: FoldedDesks): FoldedBatch {
  const { commit, messages } = folded;
  const { changes, changed, incidents, audits, gated, facts, hearsay } = desks;
  return {
    ...folded,
    messages: [...messages, ...desks.messages],
    desks: changed,
    ...(facts.length > 0 && { facts }),
    ...(hearsay.length > 0 && { hearsay }),
    commit: {
      ...commit,
      ...(changes.kept.length + changes.gone.length === 0 ? {} : { desks: changes }),
      incidents: [...commit.incidents, ...incidents],
      audits: [...commit.audits, ...audits],
      gated: [...commit.gated, ...gated],
    },
  };
}
