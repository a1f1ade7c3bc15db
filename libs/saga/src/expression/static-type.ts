import { classesInSchema, withClasses } from './field-classes.js';

/**
 * What is known of a value before anything runs. `any` is a JSON value of unknown shape.
 * A timestamp that is not stored as a value yet is converted where it is read.
 */
export type StaticType =
  | (Classed & { readonly kind: 'any' | 'bool' | 'number' | 'string' | 'null' | 'steps' | 'optionals' })
  | (Classed & { readonly kind: 'timestamp' | 'duration'; readonly stored: 'value' | 'text' | 'ms' })
  | (Classed & { readonly kind: 'list'; readonly of: StaticType })
  | (Classed & { readonly kind: 'optional'; readonly of: StaticType })
  /** Exists, but must not be read here. */
  | { readonly kind: 'refused'; readonly why: string }
  | RecordType;

/** A value that is classed (`x-class` of its schema), or was computed from what is. */
interface Classed {
  readonly classes?: readonly string[];
}

/** A map with known fields. An open one may have others. */
export interface RecordType extends Classed {
  readonly kind: 'record';
  readonly fields: Readonly<Record<string, StaticType>>;
  readonly open: boolean;
  /** Known fields that may be left out, and read as null then. */
  readonly nullable?: readonly string[];
  /** How messages call it. */
  readonly title: string;
}

export const ANY: StaticType = { kind: 'any' };
/** Something, or nothing that would be stored as null. */
export const ANY_OR_NOTHING: StaticType = { kind: 'optional', of: ANY };
export const BOOL: StaticType = { kind: 'bool' };
export const NUMBER: StaticType = { kind: 'number' };
export const STRING: StaticType = { kind: 'string' };
export const NULL: StaticType = { kind: 'null' };
export const TIMESTAMP: StaticType = { kind: 'timestamp', stored: 'value' };
export const DURATION: StaticType = { kind: 'duration', stored: 'value' };
/** Stored as milliseconds, as the engine does. */
export const INSTANT: StaticType = { kind: 'timestamp', stored: 'ms' };

/** How a message names a type. */
export function typeName(type: StaticType): string {
  switch (type.kind) {
    case 'any':
      return 'a value';
    case 'bool':
      return 'true or false';
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    case 'null':
      return 'null';
    case 'timestamp':
      return 'a timestamp';
    case 'duration':
      return 'a duration';
    case 'list':
      return 'a list';
    case 'optional':
      return 'an optional value';
    case 'record':
      return 'a map';
    case 'steps':
      return 'the map of all blocks';
    case 'refused':
      return 'a value that cannot be read here';
    case 'optionals':
      return 'the name `optional`';
  }
}

/** The type two alternatives have in common, or `undefined` when one of them is optional and the other is not. */
export function commonType(left: StaticType, right: StaticType): StaticType | undefined {
  if (left.kind === 'optional' || right.kind === 'optional') {
    if (left.kind !== 'optional' || right.kind !== 'optional') return undefined;
    return { kind: 'optional', of: commonType(left.of, right.of) ?? ANY };
  }
  if (left === right) return left;
  const plain = ['bool', 'number', 'string', 'null', 'timestamp', 'duration'];
  return left.kind === right.kind && plain.includes(left.kind) ? left : ANY;
}

/** The type of a value once it went through JSON: instants and durations are texts then. */
export function storedType(type: StaticType): StaticType {
  if (type.kind === 'timestamp' || type.kind === 'duration') return { ...type, stored: 'text' };
  if (type.kind === 'list') return { ...type, of: storedType(type.of) };
  if (type.kind !== 'record') return type;
  const fields = Object.entries(type.fields).map(([name, field]) => [name, storedType(field)] as const);
  return { ...type, fields: Object.fromEntries(fields) };
}

interface SchemaLike {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly additionalProperties?: unknown;
  readonly items?: unknown;
}

/**
 * Reads types out of a JSON Schema, as far as expressions profit from them: `date-time` and `duration`
 * formats, the fields of an object, and how they are classed. Whatever else a schema says leads to `any`.
 */
export function typeOfSchema(schema: unknown, title: string, root: unknown = schema): StaticType {
  const type = formOfSchema(schema, title, root);
  if (type.kind !== 'record' && type.kind !== 'list') return withClasses(type, classesInSchema(schema, root));
  const fieldClass = (schema as Readonly<Record<string, unknown>>)['x-class'];
  return typeof fieldClass === 'string' ? withClasses(type, [fieldClass]) : type;
}

function formOfSchema(schema: unknown, title: string, root: unknown): StaticType {
  if (typeof schema !== 'object' || schema === null || '$ref' in schema || 'allOf' in schema) return ANY;
  if ('anyOf' in schema || 'oneOf' in schema || 'patternProperties' in schema) return ANY;
  const { type, format, properties, additionalProperties, items } = schema as SchemaLike;
  if (type === 'string' && format === 'date-time') return { kind: 'timestamp', stored: 'text' };
  if (type === 'string' && format === 'duration') return { kind: 'duration', stored: 'text' };
  if (type === 'array') return { kind: 'list', of: typeOfSchema(items, `an item of ${title}`, root) };
  if (type !== 'object' || properties === undefined) return ANY;
  const fields: Record<string, StaticType> = {};
  for (const [name, field] of Object.entries(properties))
    fields[name] = typeOfSchema(field, `${title}.${name}`, root);
  return { kind: 'record', fields, open: additionalProperties !== false, title };
}
