import type { FoldedBatch } from '../folded-batch.js';
import type { Folding } from '../folding.js';
import type { Work } from '../batch-view.js';
import type { LiveSaga } from '../live-saga.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import type { LimitedTurn } from './limited-commands.js';
import { shareMessages } from './sharing-messages.js';

/** The messages of a folded batch by how they are kept, and what became of limited commands. */
export interface LimitedBatch {
  /** All of them, in their order. */
  readonly messages: readonly OutgoingMessage[];
  /** Those that go into the outbox. */
  readonly outbox: readonly OutgoingMessage[];
  /** Absent: nothing in the batch has to do with limits. */
  readonly turn?: LimitedTurn;
}

/** What cannot be computed, or is no number that counts for anything, is no priority. */
function priorityOf(saga: LiveSaga | undefined): number {
  const { program, state } = saga ?? {};
  if (program?.priority === undefined || state === undefined) return 0;
  const { input, toggles, facts, at: now } = state;
  try {
    const points = program.priority({ input, steps: {}, saga: facts, toggles, now });
    return Number.isFinite(points) ? Math.min(pointsMost, Math.max(0, points)) : 0;
  } catch {
    return 0;
  }
}

/** A day's waiting. */
const pointsMost = 1_440;

/** Looks for what is limited in a folded batch. Where nothing is limited, nothing is looked for. */
export function limitBatch(
  definitions: Pick<LoadedDefinitions, 'isLimiting' | 'limitOf'>,
  { lane, records }: Work,
  folding: Folding,
  { messages, at }: FoldedBatch,
): LimitedBatch {
  if (!definitions.isLimiting && lane.limited.isEmpty) return { messages, outbox: messages };
  const { seq } = lane.position;
  const shared = shareMessages(
    messages,
    { seq, at },
    (command) => definitions.limitOf(command),
    (saga) => priorityOf(folding.current(saga)),
  );
  const turn = lane.limited.turn({
    records,
    queued: shared.limited,
    find: (saga) => folding.current(saga),
    failures: (saga) => folding.failuresOf(saga),
  });
  return { messages: shared.all, outbox: shared.outbox, turn };
}
