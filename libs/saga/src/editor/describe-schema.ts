import { isMap } from '../document/cursor.js';
import type { Json, JsonObject } from '../json.js';
import { BLOCKS } from '../shape/container-shapes.js';
import {
  DURATION_RANGE,
  DURATION_TEXT,
  EXPRESSION,
  SCALAR,
  SECRET,
  SHARE,
  TEMPLATE_MAP,
  camelCase,
  dotted,
  kebabCase,
} from '../shape/scalar-shapes.js';
import { KEYS_KEY, NAMES_KEY, type NameKind } from '../shape/known-names.js';
import type { Shape } from '../shape/shape.js';

/** What is known by a word of its own, by its schema. */
const WORDS: ReadonlyMap<string, string> = new Map(
  (
    [
      [BLOCKS, 'blocks'],
      [DURATION_TEXT, 'duration'],
      [DURATION_RANGE, 'duration or range'],
      [EXPRESSION, 'expression'],
      [SCALAR, 'text, number, or true or false'],
      [SECRET, 'secret'],
      [SHARE, 'share'],
      [TEMPLATE_MAP, 'map of values'],
      [camelCase(''), 'name in camelCase'],
      [kebabCase(''), 'name in kebab-case'],
      [dotted('', ''), 'name with its owner'],
    ] as const satisfies readonly (readonly [Shape, string])[]
  ).map(([{ schema }, word]) => [JSON.stringify(schema), word]),
);

const NAMED: Readonly<Record<NameKind, string>> = {
  calendar: 'calendar',
  command: 'command',
  error: 'error',
  event: 'event',
  fragment: 'fragment',
  retryPolicy: 'retry policy',
  role: 'role',
  saga: 'saga',
  standard: 'standard',
  table: 'decision',
  timeoutPolicy: 'time-out policy',
};

/** What a value is, in words: `duration`, `one of a, b`, `list of names in camelCase`. */
export function describeSchema(described: JsonObject): string {
  const { description: _, [NAMES_KEY]: names, [KEYS_KEY]: __, ...schema } = described;
  if (typeof names === 'string') return NAMED[names as NameKind];
  const word = WORDS.get(JSON.stringify(schema));
  if (word !== undefined) return word;
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly Json[]).map(code).join(', ');
  if ('const' in schema) return code(schema['const']!);
  const alternatives = schema['anyOf'];
  if (Array.isArray(alternatives))
    return [...new Set((alternatives as readonly JsonObject[]).map(describeSchema))].join(', or ');
  return byType(schema);
}

function byType(schema: JsonObject): string {
  const { type, minimum, maximum, items, additionalProperties: others } = schema;
  const to = typeof maximum === 'number' ? ` to ${maximum}` : '';
  const from = typeof minimum === 'number' ? ` from ${minimum}${to}` : '';
  switch (type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${from}`;
    case 'number':
      return `number${from}`;
    case 'string':
      return 'text';
    case 'array':
      return isMap(items) ? `list of: ${describeSchema(items)}` : 'list';
    case 'object':
      return isMap(others) ? `by name: ${describeSchema(others)}` : 'map';
    default:
      return 'any value';
  }
}

function code(value: Json): string {
  return `\`${String(value)}\``;
}
