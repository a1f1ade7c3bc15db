import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Json } from '../json.js';
import type { Schema, SchemaFiles } from './schema-files.js';

/** Gives every problem of an input by its path; empty when it may be used. */
export type InputCheck = (input: Json) => readonly string[];

const OPTIONS: Options = { allErrors: true, strict: false };

/** Turns a JSON Schema (2020-12, or draft 7 when it says so) into a check. */
export function compileInputCheck(
  schema: Schema,
  cursor: Cursor,
  files: SchemaFiles,
  log: ProblemLog,
): InputCheck {
  try {
    const validate = compile(schema, files);
    return (input) => (validate(input) ? [] : (validate.errors ?? []).map(explained));
  } catch (error) {
    log.error(
      cursor,
      `The schema "${schema.name}" cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    );
    return () => [];
  }
}

function compile({ json, name }: Schema, files: SchemaFiles): ValidateFunction {
  const isDraft7 = /draft-0?7/.test(String(json['$schema'] ?? ''));
  const ajv = isDraft7 ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  ajvFormats.default(ajv);
  for (const other of files.others())
    if (other.name !== name) ajv.addSchema(identified(other), undefined, undefined, false);
  return ajv.compile(identified({ json, name }));
}

/** A schema without an id gets its file name, so that `$ref: address.json` finds its neighbour. */
function identified({ json, name }: Schema): Readonly<Record<string, unknown>> {
  return typeof json['$id'] === 'string'
    ? json
    : { ...json, $id: `skald:///${encodeURI(name.replaceAll('#', '/'))}` };
}

function explained({ instancePath, message, params, keyword }: ErrorObject): string {
  const path = instancePath === '' ? 'the input' : instancePath;
  if (keyword === 'additionalProperties')
    return `${path} has the unknown field "${String(params['additionalProperty'])}"`;
  if (keyword === 'enum') return `${path} must be one of ${JSON.stringify(params['allowedValues'])}`;
  return `${path} ${message ?? 'is not valid'}`;
}
