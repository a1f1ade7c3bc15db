import type { CalcNode } from '../node.js';
import { close } from './block-result.js';
import { leaf, type NodeKind } from './node-kind.js';
import { raiseError } from './raising.js';
import { evaluate } from './values.js';

/** A pure value. */
export const calc: NodeKind<CalcNode> = leaf((moment, place) => {
  const value = evaluate(moment, place, place.site.node.value);
  return value.ok ? close(moment, place, value.value) : raiseError(moment, place, 'invalid', value.message);
});
