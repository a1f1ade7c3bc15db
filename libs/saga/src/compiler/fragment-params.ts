import { at, entriesOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { ExpressionError } from '../expression/expression-error.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { typeName, type RecordType, type StaticType } from '../expression/static-type.js';
import type { CompiledTemplate } from '../expression/template.js';
import type { JsonObject } from '../json.js';
import type { Expression } from '../scope-values.js';
import { PARAM_WORDS } from './fragment-shapes.js';
import { compileInputCheck } from './input-schema.js';
import type { SchemaFiles } from './schema-files.js';

/** What a fragment is given. */
export interface FragmentParams {
  readonly type: RecordType;
  readonly schema: JsonObject;
}

/** Reads the `params` of a fragment. */
export function readParams(fragment: Cursor, files: SchemaFiles): FragmentParams {
  const params = entriesOf(at(fragment, 'params'));
  const properties: Record<string, JsonObject> = {};
  for (const [name, cursor] of params) {
    const isWord = (PARAM_WORDS as readonly unknown[]).includes(cursor.value);
    properties[name] = isWord ? { type: cursor.value } : (files.schemaAt(cursor)?.json ?? {});
  }
  const fields = Object.entries(properties).map(
    ([name, schema]) => [name, typeOfSchema(schema, `params.${name}`)] as const,
  );
  return {
    type: { kind: 'record', title: '`params`', open: false, fields: Object.fromEntries(fields) },
    schema: { type: 'object', properties, required: Object.keys(properties) },
  };
}

/** Complains about an `include` that gives a fragment something else than it asks for. */
export function checkGiven(
  include: Cursor,
  given: CompiledTemplate | undefined,
  { type, schema }: FragmentParams,
  log: ProblemLog,
): void {
  const name = String(at(include, 'fragment')!.value);
  const known = Object.keys(type.fields);
  const written = at(include, 'with');
  for (const [param, cursor] of entriesOf(written)) {
    if (!known.includes(param)) {
      const list =
        known.length === 0 ? 'It has none.' : `It has ${known.map((each) => `"${each}"`).join(', ')}.`;
      log.errorAtKey(cursor, `Fragment "${name}" has no param "${param}". ${list}`);
    } else {
      const wanted = (schema['properties'] as Record<string, JsonObject>)[param]!['type'];
      const type = given?.type.kind === 'record' ? given.type.fields[param] : undefined;
      if (type !== undefined && !fits(type, wanted))
        log.error(
          cursor,
          `Param "${param}" of fragment "${name}" is ${String(wanted)}, and this is ${typeName(type)}.`,
        );
    }
  }
  const missing = known.filter((param) => written === undefined || at(written, param) === undefined);
  if (missing.length > 0)
    log.error(
      at(include, 'fragment')!,
      `Fragment "${name}" also needs ${missing.map((param) => `"${param}"`).join(' and ')}. Give it under \`with\`.`,
    );
}

const KINDS: Readonly<Record<string, readonly StaticType['kind'][]>> = {
  string: ['string', 'timestamp', 'duration'],
  number: ['number'],
  integer: ['number'],
  boolean: ['bool'],
  array: ['list'],
  object: ['record'],
};

function fits({ kind }: StaticType, wanted: unknown): boolean {
  const kinds = typeof wanted === 'string' ? KINDS[wanted] : undefined;
  return kinds === undefined || kind === 'any' || kind === 'optional' || kinds.includes(kind);
}

/** The values of the params, checked each time they are given. */
export function checkedParams(
  given: Expression,
  { schema }: FragmentParams,
  fragment: Cursor,
  files: SchemaFiles,
  log: ProblemLog,
): Expression {
  const name = `${fragment.document.file}#params`;
  const problemsOf = compileInputCheck({ json: schema, name }, fragment, files, log);
  return (values) => {
    const params = given(values);
    const problems = problemsOf(params);
    if (problems.length === 0) return params;
    throw new ExpressionError(`the params do not fit: ${problems.join('; ')}`);
  };
}
