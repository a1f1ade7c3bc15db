import { isMap } from '../document/cursor.js';
import type { Json } from '../json.js';
import type { Expression } from '../scope-values.js';
import type { Schema } from './schema-files.js';

/** Cuts data to the fields a schema names; `undefined` when the schema names none, so that nothing is to be cut. */
export function cutTo(schema: Schema | undefined, data: Expression): Expression | undefined {
  const properties = schema?.json['properties'];
  if (!isMap(properties)) return undefined;
  const fields = Object.keys(properties);
  return (values) => cut(data(values), fields);
}

function cut(data: Json, fields: readonly string[]): Json {
  if (!isMap(data)) return data;
  const result: Record<string, Json> = {};
  for (const field of fields) if (Object.hasOwn(data, field)) result[field] = data[field]!;
  return result;
}
