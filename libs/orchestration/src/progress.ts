import type { Effect } from '#libs/saga';
import type { Transition } from './saga-trace.js';

/**
 * Whether the saga came nearer to its end. Messages that are sent again, answers that say nothing new or that somebody
 * has failed, clocks that find nothing to do and incidents are activity, but no progress.
 */
export function isProgress({
  input,
  effects,
}: Pick<Transition, 'effects'> & { readonly input: { readonly kind: string } }): boolean {
  return input.kind === 'start' || effects.some(isStepForward);
}

function isStepForward(effect: Effect): boolean {
  switch (effect.kind) {
    case 'settled':
      return effect.outcome !== 'failed' && effect.outcome !== 'unknown';
    case 'waited':
      return effect.outcome === 'came' || effect.outcome === 'defaulted';
    case 'caught':
    case 'tell':
    case 'finish':
      return true;
    case 'open':
    case 'await':
    case 'release':
    case 'incident':
    case 'noted':
    case 'refused':
      return false;
  }
}
