import type { Json, JsonObject } from '#libs/messaging';
import type { Move } from '#libs/saga';
import type { Behaviour } from './behaviour.js';

/** What a participant does that a tests document tells to make this move; nothing said: it succeeds. */
export function moveBehaviour(move: Move | undefined, example: Json): Behaviour {
  switch (move?.kind) {
    case 'succeeded':
      return { succeeded: overlaid(example, move.fields) };
    case 'rejected':
      return { rejected: move.error, data: move.data };
    case 'failed':
      return move.isPermanent ? { failed: 'permanent', retryAfterMs: 'never' } : { failed: 'unavailable' };
    case 'unheard':
      return { silent: 'done', succeeded: example };
    case 'silent':
      return { silent: 'not-done' };
    case 'accepted': {
      const then = moveBehaviour(move.end, example);
      if ('silent' in then || 'accepted' in then) return { silent: 'not-done' };
      return { accepted: { afterMs: 300, then } };
    }
    default:
      return { succeeded: example };
  }
}

/** An example with other fields. */
export function overlaid(example: Json, fields: Json): Json {
  return isMap(example) && isMap(fields) ? { ...example, ...fields } : (fields ?? example);
}

function isMap(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
