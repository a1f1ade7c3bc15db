import { BLOCKS_BY_HEAD } from '../blocks/registered-blocks.js';
import { isMap, type Cursor } from '../document/cursor.js';
import type { Json } from '../json.js';

/** The head of a block, if a value is one. */
export function headOf(value: Json | undefined): string | undefined {
  return isMap(value) ? [...BLOCKS_BY_HEAD.keys()].find((head) => Object.hasOwn(value, head)) : undefined;
}

/** The name of the innermost block around a place; empty where there is none. */
export function blockName({ document, path }: Cursor): string {
  for (let length = path.length; length > 0; length--) {
    // Blocks stand in lists.
    if (typeof path[length - 1] !== 'number') continue;
    const value = path.slice(0, length).reduce<Json | undefined>(inside, document.data);
    const head = headOf(value);
    if (head !== undefined) return String((value as Readonly<Record<string, Json>>)[head]);
  }
  return '';
}

function inside(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)] as Json | undefined;
  return isMap(value) ? value[String(step)] : undefined;
}
