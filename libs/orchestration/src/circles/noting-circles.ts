import type { InboundRecord, Instant } from '#libs/messaging';
import type { Change } from '../change.js';
import type { IncidentRow } from '../lane-store.js';
import type { LiveSaga, Outside } from '../live-saga.js';
import type { Circle } from './circle.js';
import { circleText } from './circle-text.js';

/** Keeps in the history of a saga that it waits in a circle. Where nothing ends it by itself a person has to know. */
export function noteCircle(change: Change, record: InboundRecord, id: string, circle: Circle): void {
  const { saga } = change;
  const { links, endsAt } = circle;
  const isAlarm = endsAt === undefined;
  const outside = { ...saga.outside, [id]: { ...saga.outside![id]!, circle: { id: circle.id, isAlarm } } };
  change.saga = { ...saga, outside };
  const input = { kind: 'circle', now: record.timestamp, links, ...(isAlarm ? {} : { endsAt }) } as const;
  change.entries.push({ input, effects: [], offset: record.offset });
  if (!isAlarm) return;
  const { block } = links.find((link) => link.saga === saga.id) ?? {};
  change.incidents.push({
    ...incident(saga, id, record.timestamp),
    open: true,
    ...(block === undefined ? {} : { block }),
    message: `${circleText(circle)}. Nothing ends that by itself`,
  });
}

/** Closes the incidents about circles that a saga waits in no longer. */
export function leaveCircles(change: Change, before: Outside, now: Instant): void {
  for (const [id, { circle }] of Object.entries(before)) {
    if (circle?.isAlarm !== true || change.saga.outside?.[id]?.circle !== undefined) continue;
    change.incidents.push({ ...incident(change.saga, id, now), open: false, message: '' });
  }
}

function incident({ id: saga }: LiveSaga, id: string, at: Instant): Omit<IncidentRow, 'open' | 'message'> {
  return { saga, id: `circle:${id}`, code: 'WAITS_IN_CIRCLE', at };
}
