import { partitionName, waitFor, type TopicPartition } from '#libs/messaging';
import { positionProblem } from './anchor.js';
import type { Coordination } from './coordination.js';
import { emptyCommit } from './empty-commit.js';
import type { Lane } from './lane.js';
import type { LanePosition } from './lane-store.js';
import { unsentBatches } from './limits/sharing-messages.js';
import type { Publisher } from './publisher.js';

const retryMs = { first: 200, most: 5_000 };

/**
 * Takes a lane over, from another process or from ourselves after a commit whose outcome is unknown.
 *
 * The order matters: first every former holder is ended, by a commit; only then, in statements of their own, is what
 * it left behind read. One statement for both would read as of before it had waited for the former holder, and miss
 * that holder's last batch.
 */
export async function takeOverLane(
  coordination: Coordination,
  lane: Lane,
  publisher: Publisher,
): Promise<void> {
  const { clock, log, source } = coordination;
  lane.phase = 'taking';
  for (let delayMs = retryMs.first; lane.phase === 'taking'; delayMs = Math.min(delayMs * 2, retryMs.most)) {
    try {
      const position = await coordination.store.takeOver(lane.at, coordination.owner);
      if (lane.phase !== 'taking') return;
      lane.begin(position);
      await publishLeftovers(coordination, lane, publisher);
      await placeLane(coordination, lane, position);
      return;
    } catch (error) {
      log.warn('lane cannot be taken over yet', { lane: partitionName(lane.at), error: String(error) });
      source.pause(lane.at);
      lane.isPaused = true;
      await waitFor(clock, delayMs);
    }
  }
}

async function publishLeftovers(coordination: Coordination, lane: Lane, publisher: Publisher): Promise<void> {
  const rows = await coordination.store.unsent(lane.at);
  const limited = await coordination.store.limited(lane.at);
  lane.limited.begin(limited);
  for (const { seq, isInOutbox, ...batch } of unsentBatches(rows, limited)) {
    if (isInOutbox) lane.publishing(seq);
    publisher.add(lane, seq, batch);
  }
}

async function placeLane(coordination: Coordination, lane: Lane, position: LanePosition): Promise<void> {
  const { source, log } = coordination;
  const edges = await source.edges(lane.at);
  const { anchor } = position;
  const found =
    anchor === undefined || anchor.offset < edges.start
      ? undefined
      : await source.peek(lane.at, anchor.offset);
  const problem = positionProblem(position, edges, found);
  if (problem !== undefined) return haltLane(coordination, lane, problem);
  const next = position.nextOffset ?? edges.start;
  const hinted = await source.hinted(lane.at);
  // A hint beyond the end is of a partition that was there before this one.
  if (hinted !== undefined && hinted > next && hinted <= edges.end) {
    lane.recoverUntil = hinted;
    log.error('the database is behind what was done before; it was restored to an earlier time', {
      lane: partitionName(lane.at),
      position: next,
      hint: hinted,
    });
    await reportLane(
      coordination,
      lane,
      'DATABASE_REWOUND',
      `position ${next} is behind ${hinted}, which was folded before`,
    );
  }
  lane.mustConfirm = position.takeovers > 1 && edges.end === next;
  lane.phase = 'ready';
  lane.expected = next;
  source.seek(lane.at, next);
  source.resume(lane.at);
  lane.isPaused = false;
}

/** Id of the incident about a halted lane or gate. */
export function haltedIncident(at: TopicPartition): string {
  return `lane-halted:${partitionName(at)}`;
}

/** How long after it was halted a lane is compared with its partition again: somebody may have moved it, or brought the topic back. */
export const lookAgainMs = 10_000;

/** Stops a lane whose topic is not the one it was; a person has to decide where it goes on. */
export async function haltLane(coordination: Coordination, lane: Lane, problem: string): Promise<void> {
  lane.phase = 'halted';
  coordination.source.pause(lane.at);
  coordination.log.error('lane is halted', { lane: partitionName(lane.at), problem });
  await reportLane(coordination, lane, 'LANE_HALTED', problem);
}

async function reportLane(
  coordination: Coordination,
  lane: Lane,
  code: string,
  message: string,
): Promise<void> {
  const id = `${code.toLowerCase().replaceAll('_', '-')}:${partitionName(lane.at)}`;
  const incident = { id, open: true, code, message, at: coordination.clock.now() };
  await coordination.store.commit([{ ...emptyCommit, lane: lane.position, incidents: [incident] }]);
  lane.settled({});
}
