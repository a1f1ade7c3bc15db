import { joinPolicy } from '../blocks/join-fields.js';
import { blockOf } from '../blocks/registered-blocks.js';
import { listsIn, outerListsIn } from '../compiler/block-names.js';
import { at, itemsOf, type Cursor } from '../document/cursor.js';
import type { Json } from '../json.js';
import { BUILT_IN, type ResolvedValue } from './resolved-value.js';

/** How blocks join that do several things beside each other, as far as they do not say it themselves. */
export function silentJoins(root: Cursor): readonly ResolvedValue[] {
  return [at(root, 'steps'), ...outerListsIn(root)].flatMap(joinsIn);
}

function joinsIn(list: Cursor | undefined): readonly ResolvedValue[] {
  return itemsOf(list).flatMap((block) => [...silentJoin(block), ...listsIn(block).flatMap(joinsIn)]);
}

function silentJoin(block: Cursor): readonly ResolvedValue[] {
  const { head, fields } = blockOf(block);
  if (fields['join'] === undefined) return [];
  const { join, failFast = false, rest = 'stop' } = joinPolicy(block);
  const values: Readonly<Record<string, Json>> = { join, tolerate: 0, failFast, rest };
  return Object.entries(values)
    .filter(([key]) => at(block, key) === undefined)
    .map(([key, value]) => ({ block: String(at(block, head)!.value), key, value, from: BUILT_IN }));
}
