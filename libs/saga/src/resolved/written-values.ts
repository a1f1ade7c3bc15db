import { entriesOf, isMap, itemsOf, type Cursor } from '../document/cursor.js';
import { headOf } from './block-at.js';
import { originOf, type ResolvedValue } from './resolved-value.js';

/** Every value that is written in a saga itself, by block, but for those that were resolved otherwise. */
export function writtenValues(
  root: Cursor,
  isResolved: (block: string, key: string) => boolean,
): readonly ResolvedValue[] {
  return valuesOf(root, '', '', isResolved);
}

function valuesOf(
  cursor: Cursor,
  block: string,
  key: string,
  isResolved: (block: string, key: string) => boolean,
): readonly ResolvedValue[] {
  const head = typeof cursor.path.at(-1) === 'number' ? headOf(cursor.value) : undefined;
  if (head !== undefined) {
    const name = String((cursor.value as Readonly<Record<string, unknown>>)[head]);
    return entriesOf(cursor).flatMap(([each, value]) => valuesOf(value, name, each, isResolved));
  }
  if (key !== '' && isResolved(block, key)) return [];
  const parts = isMap(cursor.value)
    ? entriesOf(cursor)
    : itemsOf(cursor).map((item, index) => [String(index), item] as const);
  if (parts.length > 0)
    return parts.flatMap(([part, value]) =>
      valuesOf(value, block, key === '' ? part : `${key}.${part}`, isResolved),
    );
  return [{ block, key, value: cursor.value, from: sayerOf(cursor, block), ...originOf(cursor) }];
}

function sayerOf({ document }: Cursor, block: string): string {
  const standard = document.data['standard'];
  if (typeof standard === 'string') return `standard ${standard}`;
  return block === '' ? 'saga' : 'block';
}
