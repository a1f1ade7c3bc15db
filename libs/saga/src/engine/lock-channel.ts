import type { LockAsk } from '../wait-node.js';
import type { Channel } from './channel.js';
import { evaluate } from './values.js';

/** Waits for a lock. It is held when this is over, and given back by whoever undoes or ends the saga. */
export const lockChannel: Channel<LockAsk> = {
  open(moment, place) {
    const { resource: expression, leaseMs, conflict } = place.site.node;
    const resource = evaluate(moment, place, expression);
    return resource.ok
      ? { ok: true, value: { request: { resource: resource.value, leaseMs, conflict } } }
      : resource;
  },

  hear(_moment, _place, { what, data }) {
    switch (what) {
      case 'granted':
        return { kind: 'settled', output: data };
      case 'refused':
        return { kind: 'raised', error: 'locked', message: 'somebody else holds the lock', data };
      default:
        return { kind: 'ignored' };
    }
  },

  releasesWhenOver: false,
};
