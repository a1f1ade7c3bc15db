import { isMap } from '../document/cursor.js';
import type { Json, JsonObject } from '../json.js';
import { KEYS_KEY, NAMES_KEY, type NameKind } from '../shape/known-names.js';
import type { KnownNames } from './known-names.js';

/** A schema in which names are those there are; without `known`, any of the right form. */
export function withKnownNames(schema: JsonObject, known: KnownNames | undefined): JsonObject {
  return resolved(schema, known) as JsonObject;
}

function resolved(schema: Json, known: KnownNames | undefined): Json {
  if (Array.isArray(schema)) return schema.map((each: Json) => resolved(each, known));
  if (!isMap(schema)) return schema;
  const { [NAMES_KEY]: names, [KEYS_KEY]: keys, ...rest } = schema;
  const inside = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, resolved(each, known)]));
  if (known === undefined) return inside;
  if (typeof names === 'string') return named(inside, names as NameKind, known);
  if (typeof keys === 'string') return keyed(inside, known[keys as NameKind]);
  return inside;
}

function named({ type, pattern, ...rest }: JsonObject, kind: NameKind, known: KnownNames): JsonObject {
  const names = known[kind];
  if (names.length === 0) return { ...rest, type: type!, pattern: pattern! };
  if (kind !== 'command' && kind !== 'event') return { ...rest, enum: names };
  // Whoever has a contract has said all there is; of others anything may be asked.
  const owners = [...new Set(names.map((name) => name.slice(0, name.indexOf('.'))))];
  const others = String(pattern).replace('^', `^(?!(${owners.join('|')})\\.)`);
  return { ...rest, anyOf: [{ enum: names }, { type: 'string', pattern: others }] };
}

function keyed(map: JsonObject, names: readonly string[]): JsonObject {
  const value = map['additionalProperties']!;
  return { ...map, properties: Object.fromEntries(names.map((name) => [name, value])) };
}
