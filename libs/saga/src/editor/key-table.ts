import { isMap } from '../document/cursor.js';
import type { Json, JsonObject } from '../json.js';
import { propertiesOf } from '../shape/container-shapes.js';
import type { Fields } from '../shape/shape.js';
import { describeSchema } from './describe-schema.js';

/** A table of keys, those inside of them included: what each is, and what it is for. */
export function keyTable(fields: Fields): readonly string[] {
  const properties = propertiesOf(fields) as Readonly<Record<string, JsonObject>>;
  const required = Object.keys(fields).filter((key) => fields[key]!.required !== undefined);
  return [
    '| key | is | means |',
    '|---|---|---|',
    ...rowsOf({ path: '', properties, required, shown: new Map() }),
  ];
}

interface Keys {
  readonly path: string;
  readonly properties: Readonly<Record<string, JsonObject>>;
  readonly required: readonly string[];
  /** Where maps were shown, by their schema: the same map is not shown twice. */
  readonly shown: Map<string, string>;
}

function rowsOf({ path, properties, required, shown }: Keys): readonly string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${path}${key}`;
    const must = required.includes(key) ? ' **Required.**' : '';
    const inner = insideOf(schema, name, shown);
    // Of a map with several kinds, keys that all of them have come again.
    if (inner === name) return [];
    const same = typeof inner === 'string' ? ` As \`${inner}\`.` : '';
    const meaning = `${String(schema['description'] ?? '')}${same}${must}`;
    const row = `| \`${name}\` | ${escaped(describeSchema(schema))} | ${escaped(meaning.trim())} |`;
    return typeof inner === 'string' ? [row] : [row, ...inner];
  });
}

/** The rows of what is inside, or where the same was shown before. */
function insideOf(schema: JsonObject, path: string, shown: Map<string, string>): readonly string[] | string {
  const { description: _, ...bare } = schema;
  const text = JSON.stringify(bare);
  const before = shown.get(text);
  const isLong = text.length > 200;
  if (before !== undefined && isLong) return before;
  shown.set(text, path);
  const rows = mapsIn(bare, path).flatMap(({ at, map }) => {
    const inside = JSON.stringify(map);
    if (at !== path && shown.has(inside) && inside !== text) return [];
    shown.set(inside, at);
    return rowsOf({
      path: `${at}.`,
      properties: map['properties'] as Readonly<Record<string, JsonObject>>,
      required: (map['required'] ?? []) as readonly string[],
      shown,
    });
  });
  return [...new Set(rows)];
}

/** The maps with known keys that a value may be or hold, and how they are reached. */
function mapsIn(
  schema: Json | undefined,
  at: string,
): readonly { readonly at: string; readonly map: JsonObject }[] {
  if (!isMap(schema)) return [];
  const own = isMap(schema['properties']) && schema['allOf'] === undefined ? [{ at, map: schema }] : [];
  const kinds = [...listAt(schema, 'anyOf'), ...listAt(schema, 'allOf').map((one) => one['then'])];
  return [
    ...own,
    ...kinds.flatMap((kind) => mapsIn(kind, at)),
    ...mapsIn(schema['items'], `${at}[]`),
    ...mapsIn(schema['additionalProperties'], `${at}.<name>`),
  ];
}

function listAt(schema: JsonObject, key: string): readonly JsonObject[] {
  const list = schema[key];
  return Array.isArray(list) ? (list as readonly JsonObject[]) : [];
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
