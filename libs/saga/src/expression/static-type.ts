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
  /** What other fields are; absent: of unknown shape. */
  readonly rest?: StaticType;
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
  const rest = type.rest === undefined ? {} : { rest: storedType(type.rest) };
  return { ...type, fields: Object.fromEntries(fields), ...rest };
}
