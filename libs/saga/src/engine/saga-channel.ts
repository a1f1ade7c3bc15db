import type { Failure } from '../scope-values.js';
import type { SagaAsk } from '../wait-node.js';
import type { Channel } from './channel.js';
import { definedParts } from './defined-parts.js';
import { evaluateAll } from './values.js';

/** Waits for another saga, or only starts it. What it did is undone by itself, when it is asked to. */
export const sagaChannel: Channel<SagaAsk> = {
  open(moment, place) {
    const { definition, detached, maxHops, key, input } = place.site.node;
    const values = evaluateAll(moment, place, { key, input });
    if (!values.ok) return values;
    const request = { definition, detached, ...definedParts({ maxHops }), ...values.value };
    return { ok: true, value: { request } };
  },

  hear(_moment, { site }, { what, data }) {
    switch (what) {
      case 'completed':
        return { kind: 'settled', output: data };
      case 'compensated':
      case 'cancelled':
      case 'refused': {
        const { reason, failure } = (data ?? {}) as { readonly reason?: string; readonly failure?: Failure };
        const why = reason === undefined ? '' : `: ${reason}`;
        const message = `${site.node.definition} was ${what}${why}`;
        return { kind: 'raised', error: 'failed', message, data, ...(failure && { cause: failure }) };
      }
      default:
        return { kind: 'ignored' };
    }
  },

  isLogged: true,
  isOnlyAsked: ({ site }) => site.node.detached,
  releasesWhenOver: false,
};
