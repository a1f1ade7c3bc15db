import { at, entriesOf, isMap, itemsOf, longForm } from '../document/cursor.js';
import type { Cursor } from '../document/cursor.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Json, JsonObject } from '../json.js';
import { notSupportedYet } from '../not-supported.js';
import { KEYS_KEY, NAMES_KEY } from './known-names.js';
import { kindOf } from './scalar-shapes.js';
import type { Checker, Fields, Shape } from './shape.js';

/** What a map is, beside its keys. */
export interface MapOptions {
  /** How messages call the map: `a step`. */
  readonly title: string;
  readonly fields: Fields;
  /** Keys of the language that this version does not know yet. */
  readonly later?: readonly string[];
}

/** A map with known keys. */
export function record(options: MapOptions): Shape {
  return {
    schema: recordSchema(options.fields),
    check: (cursor, checker) => {
      if (isMap(cursor.value)) checkFields(cursor, options, checker);
      else
        checker.log.error(
          cursor,
          `${options.title} is a map, and this is ${kindOf(cursor.value)}.${keysText(options.fields)}`,
        );
    },
  };
}

/** Checks the keys of a map: known, present where they have to be, and each with a value of its shape. */
export function checkFields(
  cursor: Cursor,
  { title, fields, later = [] }: MapOptions,
  checker: Checker,
): void {
  const { log } = checker;
  for (const [key, value] of entriesOf(cursor)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field !== undefined) field.shape.check(value, checker);
    else if (later.includes(key)) log.errorAtKey(value, notSupportedYet(`\`${key}\``));
    else log.errorAtKey(value, `${title} has no key \`${key}\`.${suggestion(key, Object.keys(fields))}`);
  }
  // What belongs to a key of a later version is missing for good reason.
  if (entriesOf(cursor).some(([key]) => later.includes(key))) return;
  for (const [key, { required }] of Object.entries(fields)) {
    if (required !== undefined && at(cursor, key) === undefined)
      log.error(cursor, `\`${key}\` is missing: ${required}`);
  }
}

function keysText(fields: Fields): string {
  const keys = Object.keys(fields).sort();
  return keys.length > 12 ? '' : ` ${keys.length === 1 ? 'Its key is' : 'Its keys are'} ${keys.join(', ')}.`;
}

function asList(value: Json): string {
  if (typeof value === 'string' || typeof value === 'number') return ` Write [${value}].`;
  return isMap(value) ? ' Put "- " in front of each item.' : '';
}

/** The JSON Schema of a map with these keys. */
export function recordSchema(fields: Fields): JsonObject {
  const required = Object.keys(fields).filter((key) => fields[key]!.required !== undefined);
  return {
    type: 'object',
    additionalProperties: false,
    properties: propertiesOf(fields),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** The JSON Schema of each key, with its description. */
export function propertiesOf(fields: Fields): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([key, { shape, doc }]) => [key, { description: doc, ...shape.schema }]),
  );
}

/** A list. */
export function listOf(item: Shape): Shape {
  return {
    schema: { type: 'array', items: item.schema },
    check: (cursor, checker) => {
      if (!Array.isArray(cursor.value))
        checker.log.error(
          cursor,
          `expected a list, and this is ${kindOf(cursor.value)}.${asList(cursor.value)}`,
        );
      for (const each of itemsOf(cursor)) item.check(each, checker);
    },
  };
}

/** A map from names to values of one shape. */
export function mapOf(key: Shape, value: Shape): Shape {
  const { pattern, [NAMES_KEY]: names } = key.schema;
  return {
    schema: {
      type: 'object',
      additionalProperties: value.schema,
      ...(pattern === undefined ? {} : { propertyNames: { pattern } }),
      ...(names === undefined ? {} : { [KEYS_KEY]: names }),
    },
    check: (cursor, checker) => {
      if (!isMap(cursor.value))
        checker.log.error(
          cursor,
          `expected a map, and this is ${kindOf(cursor.value)}. Write \`<name>: …\` for each entry.`,
        );
      for (const [word, each] of entriesOf(cursor)) {
        key.check({ ...each, value: word }, checker);
        value.check(each, checker);
      }
    },
  };
}

/** A list of blocks. */
export const BLOCKS: Shape = {
  schema: { type: 'array', items: { $ref: '#/$defs/block' } },
  check: (cursor, { log, checkBlock }) => {
    if (!Array.isArray(cursor.value))
      log.error(
        cursor,
        `expected a list of blocks, each with "- " in front, and this is ${kindOf(cursor.value)}.`,
      );
    for (const block of itemsOf(cursor)) checkBlock(block);
  },
};

/** A map for which a scalar may stand that means its main key, and, where it has a `do`, a list that means that. */
export function shorthand(
  main: string,
  long: Shape,
  options: { readonly list: boolean } = { list: false },
): Shape {
  const properties = long.schema['properties'] as JsonObject;
  const scalars = [
    withoutDescription(properties[main] as JsonObject),
    ...(options.list ? [BLOCKS.schema] : []),
  ];
  return {
    schema: { anyOf: [...scalars, long.schema] },
    check: (cursor, checker) => {
      if (Array.isArray(cursor.value) && !options.list)
        checker.log.error(cursor, `expected a map or its \`${main}\`, and this is a list.`);
      else long.check(longForm(cursor, main), checker);
    },
  };
}

function withoutDescription(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'description'));
}

/** A value that is told apart by whether it is a text, a map or a list. */
export function textOr(text: Shape, other: Shape): Shape {
  return {
    schema: { anyOf: [text.schema, other.schema] },
    check: (cursor, checker) => (typeof cursor.value === 'string' ? text : other).check(cursor, checker),
  };
}

/** A shape with advice for what people write in its place. */
export function orAdvice(shape: Shape, advice: (cursor: Cursor) => string | undefined): Shape {
  return {
    schema: shape.schema,
    check: (cursor, checker) => {
      const message = advice(cursor);
      if (message === undefined) shape.check(cursor, checker);
      else checker.log.error(cursor, message);
    },
  };
}
