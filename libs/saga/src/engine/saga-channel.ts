import type { SagaAsk } from '../wait-node.js';
import type { Channel } from './channel.js';
import { evaluateAll } from './values.js';

/** Waits for another saga, or only starts it. What it did is undone by itself, when it is asked to. */
export const sagaChannel: Channel<SagaAsk> = {
  open(moment, place) {
    const { definition, detached, key, input } = place.site.node;
    const values = evaluateAll(moment, place, { key, input });
    return values.ok ? { ok: true, value: { request: { definition, detached, ...values.value } } } : values;
  },

  hear(_moment, { site }, { what, data }) {
    switch (what) {
      case 'completed':
        return { kind: 'settled', output: data };
      case 'compensated':
      case 'cancelled':
      case 'refused':
        return { kind: 'raised', error: 'failed', message: `${site.node.definition} was ${what}`, data };
      default:
        return { kind: 'ignored' };
    }
  },

  isLogged: true,
  isOnlyAsked: ({ site }) => site.node.detached,
  releasesWhenOver: false,
};
