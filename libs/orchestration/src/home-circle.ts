import type { HomeRecord, InboundRecord } from '#libs/messaging';
import type { Circle } from './circles/circle.js';
import type { Folding } from './folding.js';

type CircleRecord = Extract<HomeRecord, { readonly kind: 'circle' }>;

/** A saga was found to wait in a circle. That it has heard meanwhile is nothing to note. */
export function handleCircle(folding: Folding, record: InboundRecord, content: CircleRecord): void {
  const live = folding.current(content.saga);
  const asked = live?.outside?.[content.head.id];
  if (live === undefined || asked === undefined || asked.circle?.id === content.head.circle) return;
  const { links, endsAt } = content.data as unknown as Omit<Circle, 'id'>;
  folding.noteCircle(live, record, content.head.id, {
    id: content.head.circle,
    links,
    ...(endsAt === undefined ? {} : { endsAt }),
  });
}
