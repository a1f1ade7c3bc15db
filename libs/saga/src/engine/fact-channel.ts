import { isMap } from '../document/cursor.js';
import type { Json } from '../json.js';
import type { FactAsk } from '../wait-node.js';
import type { Channel } from './channel.js';
import { definedParts } from './defined-parts.js';
import { evaluate } from './values.js';

/** Waits for what is known of a fact. */
export const factChannel: Channel<FactAsk> = {
  open(moment, place) {
    const { fact, key: expression, freshMs, waitMs, readBy } = place.site.node;
    const key = evaluate(moment, place, expression);
    return key.ok
      ? {
          ok: true,
          value: {
            request: {
              fact,
              key: key.value,
              ...definedParts({ freshMs, waitMs, readBy: readBy && { ...readBy } }),
            },
          },
        }
      : key;
  },

  hear(_moment, { site }, { what, data, event }) {
    switch (what) {
      case 'fact':
        return { kind: 'settled', output: withSource(data, event?.source) };
      case 'stale':
        return {
          kind: 'raised',
          error: 'stale',
          message: `${site.node.fact} is missing or too old`,
          data,
        };
      default:
        return { kind: 'ignored' };
    }
  },

  releasesWhenOver: false,
};

function withSource(known: Json, source: string | undefined): Json {
  return source === undefined || !isMap(known) ? known : { ...known, source };
}
