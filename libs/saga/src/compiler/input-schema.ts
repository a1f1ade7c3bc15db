import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { isoDurationMs } from '../expression/duration.js';
import type { Json } from '../json.js';
import type { Schema, SchemaFiles } from './schema-files.js';

/** Gives every problem of an input by its path; empty when it may be used. */
export type InputCheck = (input: Json) => readonly string[];

/** Gives what is wrong with data, as the validator says it; empty when it fits. */
export type SchemaCheck = (data: Json) => readonly ErrorObject[];

const OPTIONS: Options = { allErrors: true, strict: false };

const NOTHING_WRONG: readonly never[] = [];

/** Turns a JSON Schema (2020-12, or draft 7 when it says so) into a check. */
export function compileInputCheck(
  schema: Schema,
  cursor: Cursor,
  files: SchemaFiles,
  log: ProblemLog,
): InputCheck {
  const check = compileSchemaCheck(schema, cursor, files, log);
  return (input) => check(input).map((error) => explained(error, 'the input'));
}

/** As {@link compileInputCheck}, with errors as the validator says them. A schema is compiled once, whoever uses it. */
export function compileSchemaCheck(
  schema: Schema,
  cursor: Cursor,
  files: SchemaFiles,
  log: ProblemLog,
): SchemaCheck {
  try {
    const validate = files.checkOf(schema, () => compile(schema, files));
    return (data) => (validate(data) ? NOTHING_WRONG : (validate.errors ?? NOTHING_WRONG));
  } catch (error) {
    log.error(
      cursor,
      `The schema "${schema.name}" cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    );
    return () => NOTHING_WRONG;
  }
}

function compile({ json, name }: Schema, files: SchemaFiles): ValidateFunction {
  const isDraft7 = /draft-0?7/.test(String(json['$schema'] ?? ''));
  const ajv = isDraft7 ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  ajvFormats.default(ajv);
  ajv.addFormat('duration', isDuration);
  for (const other of files.others())
    if (other.name !== name) ajv.addSchema(identified(other), undefined, undefined, false);
  return ajv.compile(identified({ json, name }));
}

const RFC_DURATION = ajvFormats.default.get('duration') as RegExp;

/** What expressions make of lengths of time has parts of a second, or a sign; RFC 3339 knows neither. */
function isDuration(text: string): boolean {
  return RFC_DURATION.test(text) || isoDurationMs(text) !== undefined;
}

/** A schema without an id gets its file name, so that `$ref: address.json` finds its neighbour. */
function identified({ json, name }: Schema): Readonly<Record<string, unknown>> {
  return typeof json['$id'] === 'string'
    ? json
    : { ...json, $id: `skald:///${encodeURI(name.replace('#', '?'))}` };
}

/** Says what is wrong where. `whole` is how the data as a whole is called. Values are never named. */
export function explained({ instancePath, message, params, keyword }: ErrorObject, whole: string): string {
  const path = instancePath === '' ? whole : instancePath;
  if (keyword === 'additionalProperties')
    return `${path} has the unknown field "${String(params['additionalProperty'])}"`;
  if (keyword === 'enum') return `${path} must be one of ${JSON.stringify(params['allowedValues'])}`;
  return `${path} ${message ?? 'is not valid'}`;
}
