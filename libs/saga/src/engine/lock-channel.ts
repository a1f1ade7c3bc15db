import type { LockAsk } from '../wait-node.js';
import type { Channel } from './channel.js';
import { isPastPivot } from './pivot.js';
import { evaluate } from './values.js';

/** Waits for a lock. It is held when this is over, and given back by whoever undoes or ends the saga. */
export const lockChannel: Channel<LockAsk> = {
  open(moment, place) {
    const { resource: expression, leaseMs, conflict } = place.site.node;
    const resource = evaluate(moment, place, expression);
    if (!resource.ok) return resource;
    const keeps = isPastPivot(moment) ? { keeps: true } : {};
    const request = { resource: resource.value, leaseMs, conflict, ...keeps };
    return { ok: true, value: { request, about: resource.value } };
  },

  hear(_moment, _place, { what, data }) {
    switch (what) {
      case 'granted':
        return { kind: 'settled', output: data };
      case 'refused':
        return { kind: 'raised', error: 'locked', message: whyRefused(data), data };
      default:
        return { kind: 'ignored' };
    }
  },

  isLogged: true,
  releasesWhenOver: false,
};

function whyRefused(data: unknown): string {
  const { reason } = (data ?? {}) as { readonly reason?: string };
  return reason ?? 'somebody else holds the lock';
}
