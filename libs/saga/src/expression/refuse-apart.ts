import { refuse, type Scope } from './piece.js';
import type { Syntax } from './syntax.js';

/** What a saga, or one of its blocks, makes known to expressions. */
const OF_SAGAS: ReadonlySet<string> = new Set([
  'data',
  'event',
  'facts',
  'failure',
  'index',
  'input',
  'item',
  'linked',
  'output',
  'params',
  'self',
  'steps',
  'toggles',
]);

/** Refuses what only a saga knows, at a place that belongs to none, and says what is known there. */
export function refuseApart(node: Syntax, word: string, { place, locals }: Scope): void {
  const { apart, roots } = place;
  if (apart === undefined || !OF_SAGAS.has(word)) return;
  if (locals.has(word) || place.locals?.has(word) === true || Object.hasOwn(roots, word)) return;
  const known = [...Object.keys(roots), ...(place.locals?.keys() ?? [])].toSorted().join(', ');
  refuse(node, `there is no "${word}" here. Known here: ${known}. ${apart}`);
}
