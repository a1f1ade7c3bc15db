import type { HeardInput } from '../input.js';
import type { ScopeNode } from '../node.js';
import type { LockAsk } from '../wait-node.js';
import { pathFrom, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { emit, frameAt, type Moment } from './moment.js';
import { put } from './operations.js';
import { isPastPivot } from './pivot.js';
import { failureOf } from './raising.js';
import { interrupt, stopAt } from './stopping.js';
import { entryOf, waitName } from './withdrawing.js';

/** Somebody else wants a lock that is held. Behind the pivot it is kept; before, everything that stands under it is undone. */
export function hearLost(moment: Moment, place: Place<LockAsk>, { id, what }: HeardInput): Moment {
  const entry = entryOf(moment, place, id);
  if (what !== 'lost' || entry?.standing !== 'done') return moment;
  if (isPastPivot(moment)) return keep(moment, place, entry);
  return entry.isLost === true ? moment : lose(put(moment, { ...entry, isLost: true }), place);
}

/** It can only go on, so it says that it keeps the lock. */
function keep(moment: Moment, place: Place<LockAsk>, { round, sent = null }: Operation): Moment {
  const { block, channel, leaseMs, conflict } = place.site.node;
  const request = { resource: sent, leaseMs, conflict, keeps: true };
  return emit(moment, { kind: 'await', id: waitName(place, round), channel, block, request });
}

/** Raised where the lock was taken, as far outwards as the flow has come. A saga that ends anyway gives it back anyway. */
function lose(moment: Moment, place: Place<LockAsk>): Moment {
  const around = pathFrom(place).find((outer) => mayRaise(moment, outer));
  if (moment.state.ending !== undefined || around === undefined) return moment;
  const failure = failureOf(moment, place, 'lock-lost', 'somebody else has taken the lock over');
  return interrupt(moment, around as Place<ScopeNode>, { signal: 'error', failure });
}

function mayRaise(moment: Moment, place: Place): boolean {
  return frameAt(moment, place, 'scope')?.mode === 'running' && stopAt(moment, place) === 'none';
}
