import {
  partitionName,
  type Clock,
  type EventSource,
  type Offset,
  type TopicPartition,
} from '#libs/messaging';
import { anchorOf } from '../anchor.js';
import { emptyCommit } from '../empty-commit.js';
import { haltedIncident } from '../lane-takeover.js';
import type { Anchor, LaneStore } from '../lane-store.js';
import type { OperatorStore } from '../operator-store.js';
import { RequestError } from './request-error.js';

/** Where a halted lane or gate is to go on, and who says so. */
export interface LaneMove extends TopicPartition {
  /** The next offset to fold, or one end of what the partition holds. */
  readonly to: Offset | 'start' | 'end';
  readonly by: string;
  readonly reason: string;
}

/** What {@link MoveLane} works with. */
export interface MoveLaneOptions {
  readonly store: LaneStore;
  readonly operators: OperatorStore;
  /** Any source: it is only asked what a partition holds. */
  readonly source: Pick<EventSource, 'edges' | 'peek'>;
  readonly clock: Clock;
  readonly owner: string;
}

/**
 * Lets a halted lane go on at an offset that a person has chosen.
 *
 * Only a halted one: moving a lane that folds would skip records or fold them twice. Whoever has the lane in hand takes
 * it over again within ten seconds and compares it with its partition as ever.
 */
export class MoveLane {
  constructor(private readonly options: MoveLaneOptions) {}

  /** The offset it goes on at. @throws RequestError when the lane is not halted, or the partition has no such offset. */
  async move(request: LaneMove): Promise<Offset> {
    const { store, clock, owner } = this.options;
    await this.assertHalted(request);
    const nextOffset = await this.offsetOf(request);
    const anchor = await this.anchorBefore(request, nextOffset);
    const lane = await store.takeOver(request, `${owner}/operator`);
    const at = clock.now();
    const name = partitionName(request);
    const audit = {
      request: `move-lane/${name}/${at}`,
      saga: '',
      at,
      action: 'move-lane',
      by: request.by,
      reason: request.reason,
      result: 'done',
      detail: `${name} from ${lane.nextOffset ?? 'its beginning'} to ${nextOffset}`,
    } as const;
    const closed = {
      id: haltedIncident(request),
      open: false,
      code: 'LANE_HALTED',
      message: request.reason,
      at,
    };
    await store.commit([{ ...emptyCommit, lane, nextOffset, anchor, incidents: [closed], audits: [audit] }]);
    return nextOffset;
  }

  private async assertHalted(at: TopicPartition): Promise<void> {
    const open = await this.options.operators.incidents({ open: true, limit: 500 });
    if (open.some(({ saga, id }) => saga === undefined && id === haltedIncident(at))) return;
    const message = `${partitionName(at)} is not halted; moving a lane that folds would skip records or fold them twice`;
    throw new RequestError('INVALID_REQUEST', message);
  }

  private async offsetOf(request: LaneMove): Promise<Offset> {
    const { start, end } = await this.options.source.edges(request);
    if (request.to === 'start') return start;
    if (request.to === 'end') return end;
    if (request.to >= start && request.to <= end) return request.to;
    throw new RequestError(
      'INVALID_REQUEST',
      `${partitionName(request)} holds the offsets ${start} to ${end}; ${request.to} is not among them`,
    );
  }

  /** The record before, so that the lane is recognised next time; where there is none any more, an anchor that nothing can contradict. */
  private async anchorBefore(at: TopicPartition, next: Offset): Promise<Anchor> {
    const offset = next - 1;
    const found = offset < 0 ? undefined : await this.options.source.peek(at, offset);
    return found?.offset === offset ? anchorOf(found) : { offset: -1, timestamp: 0, checksum: 0 };
  }
}
