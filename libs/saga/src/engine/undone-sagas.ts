import type { HeardInput } from '../input.js';
import type { SagaAsk } from '../wait-node.js';
import type { Place } from './chart.js';
import type { Moment } from './moment.js';
import { askToUndo, refusedToUndo, undone } from './undoing.js';
import { entryOf } from './withdrawing.js';

/** Folds what another saga says that was asked to undo what it did. */
export function hearUndone(moment: Moment, place: Place<SagaAsk>, { id, what, data }: HeardInput): Moment {
  const entry = entryOf(moment, place, id);
  if (entry?.undo?.state !== 'running') return moment;
  const { definition } = place.site.node;
  switch (what) {
    case 'undone':
    case 'compensated':
    case 'cancelled':
      return undone(moment, entry, 'succeeded');
    // It came to its end before it was told.
    case 'completed':
      return askToUndo(moment, entry);
    case 'refused': {
      const { reason } = (data ?? {}) as { readonly reason?: string };
      return refusedToUndo(moment, entry, `${definition} cannot be undone: ${reason ?? 'refused'}`);
    }
    default:
      return moment;
  }
}
