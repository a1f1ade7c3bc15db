import { entriesOf, isMap, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { didYouMean } from '../expression/did-you-mean.js';
import type { StaticType } from '../expression/static-type.js';
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

/** The type of data that was cut like that. */
export function cutType(schema: Schema | undefined, type: StaticType): StaticType {
  const properties = schema?.json['properties'];
  if (!isMap(properties) || type.kind !== 'record') return type;
  const kept = Object.entries(type.fields).filter(([field]) => Object.hasOwn(properties, field));
  return { ...type, fields: Object.fromEntries(kept) };
}

function cut(data: Json, fields: readonly string[]): Json {
  if (!isMap(data)) return data;
  const result: Record<string, Json> = {};
  for (const field of fields) if (Object.hasOwn(data, field)) result[field] = data[field]!;
  return result;
}

/** Complains about written data that a command's schema cannot accept: fields it does not know, or lacks. */
export function checkWrittenData(
  data: Cursor,
  call: string,
  schema: Schema | undefined,
  log: ProblemLog,
): void {
  if (schema === undefined) return;
  const properties = schema.json['properties'];
  const known = isMap(properties) ? Object.keys(properties) : [];
  const written = entriesOf(data).map(([key]) => key);
  if (schema.json['additionalProperties'] === false) {
    for (const [key, value] of entriesOf(data)) {
      if (!known.includes(key))
        log.errorAtKey(value, `"${call}" takes no field "${key}".${didYouMean(key, known)}`);
    }
  }
  const missing = requiredOf(schema).filter((field) => !written.includes(field));
  if (missing.length > 0) log.errorAtKey(data, `"${call}" also needs ${quoted(missing)}.`);
}

/** Complains when a command gets the saga's input, and that never holds what the command's schema asks for. */
export function checkPassedInput(
  step: Cursor,
  call: string,
  schema: Schema | undefined,
  input: StaticType,
  log: ProblemLog,
): void {
  if (schema === undefined || input.kind !== 'record') return;
  const missing = requiredOf(schema).filter((field) => !Object.hasOwn(input.fields, field));
  if (missing.length > 0)
    log.error(
      step,
      `"${call}" needs ${quoted(missing)}, which the saga's input does not have. Say the data under \`with\`.`,
    );
}

function requiredOf({ json }: Schema): readonly string[] {
  const required = json['required'];
  return Array.isArray(required) ? required.map(String) : [];
}

function quoted(fields: readonly string[]): string {
  return fields.map((field) => `"${field}"`).join(' and ');
}
