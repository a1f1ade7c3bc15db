import type { Schema } from '../compiler/schema-files.js';
import { isMap } from '../document/cursor.js';
import type { Json, JsonObject } from '../json.js';

const DEEPEST = 6;

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-01-05T09:00:00Z',
  date: '2026-01-05',
  time: '09:00:00Z',
  duration: 'PT1H',
  email: 'somebody@example.org',
  uri: 'https://example.org/',
  uuid: '00000000-0000-4000-8000-000000000000',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
};

/**
 * A value that a JSON Schema describes: the example it gives, or the simplest that can be made of it. Every property
 * gets a value, the optional ones too. Patterns are not looked at.
 */
export function exampleOf({ json }: Schema): Json {
  return example(json, json, 0);
}

function example(schema: Json | undefined, root: JsonObject, depth: number): Json {
  if (!isMap(schema) || depth > DEEPEST) return null;
  const said = saidBy(schema);
  if (said !== undefined) return said;
  const of = (inner: Json | undefined): Json => example(inner, root, depth + 1);
  if (typeof schema['$ref'] === 'string') return of(referred(schema['$ref'], root));
  for (const key of ['oneOf', 'anyOf'])
    if (Array.isArray(schema[key])) return of({ ...schema, [key]: null, ...asMap(schema[key][0]) });
  if (Array.isArray(schema['allOf']))
    return merged([{ ...schema, allOf: null }, ...(schema['allOf'] as readonly Json[])].map(of));
  return ofType(typeOf(schema), schema, of);
}

/** What the schema itself gives as a value. */
function saidBy(schema: JsonObject): Json | undefined {
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['examples']) && schema['examples'].length > 0) return schema['examples'][0];
  if ('default' in schema) return schema['default'];
  return Array.isArray(schema['enum']) ? schema['enum'][0] : undefined;
}

function ofType(type: string | undefined, schema: JsonObject, of: (inner: Json | undefined) => Json): Json {
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(asMap(schema['properties'])).map(([name, inner]) => [name, of(inner)]),
      );
    case 'array':
      return Array.from({ length: numberAt(schema, 'minItems') ?? 0 }, () => of(schema['items']));
    case 'string':
      return (
        BY_FORMAT[String(schema['format'])] ??
        'text'.padEnd(numberAt(schema, 'minLength') ?? 0, '-').slice(0, numberAt(schema, 'maxLength'))
      );
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return false;
    default:
      return null;
  }
}

function numberOf(schema: JsonObject): number {
  const above = numberAt(schema, 'exclusiveMinimum');
  const least = numberAt(schema, 'minimum') ?? (above === undefined ? undefined : above + 1);
  const most = numberAt(schema, 'maximum');
  const wanted = Math.max(1, least ?? 1);
  return most === undefined ? wanted : Math.min(wanted, most);
}

function typeOf(schema: JsonObject): string | undefined {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return String(type.find((one) => one !== 'null'));
  return 'properties' in schema ? 'object' : undefined;
}

function referred(reference: string, root: JsonObject): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  const steps = reference
    .slice(1)
    .split('/')
    .filter((step) => step !== '');
  return steps.reduce<Json | undefined>(
    (at, step) => (isMap(at) ? at[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
    root,
  );
}

function merged(values: readonly Json[]): Json {
  return values.every((value) => isMap(value) || value === null)
    ? Object.assign({}, ...values)
    : (values.find((value) => value !== null) ?? null);
}

function asMap(value: Json | undefined): JsonObject {
  return isMap(value) ? value : {};
}

function numberAt(schema: JsonObject, key: string): number | undefined {
  const value = schema[key];
  return typeof value === 'number' ? value : undefined;
}
