import { at, isMap } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { isEqual } from '../expression/runtime-value.js';
import type { Json, JsonObject } from '../json.js';
import type { CommandAsk } from '../node.js';
import { classesInSchema } from '../expression/field-classes.js';
import type { Received } from '../received.js';
import type { CommandContract } from './contracts.js';
import { withDeclaredValues } from './declared-values.js';
import { evaluated } from './evaluate-answer.js';
import { compileSchemaCheck, explained } from './input-schema.js';
import type { SchemaFiles } from './schema-files.js';

/** A field and its class. */
export interface ClassedField {
  readonly path: readonly string[];
  readonly fieldClass: string;
}

/** Fields of a schema, and of what is in it, whose class is not among those that are cleared; `*` is any item. */
export function unclearedFields(
  schema: JsonObject,
  clearance: readonly string[],
  path: readonly string[] = [],
  root: JsonObject = schema,
): readonly ClassedField[] {
  const { properties, items, 'x-class': own } = schema;
  // What stands behind references and alternatives is not told apart: all of it counts.
  const { properties: _, items: __, ...others } = schema;
  const classes = [
    ...(typeof own === 'string' ? [own] : []),
    ...classesInSchema({ ...others, $defs: null }, root),
  ];
  const fieldClass = classes.find((each) => !clearance.includes(each));
  if (fieldClass !== undefined) return [{ path, fieldClass }];
  const inside = isMap(properties) ? Object.entries(properties) : [];
  return [...inside, ...(isMap(items) ? [['*', items] as const] : [])].flatMap(([name, field]) =>
    isMap(field) ? unclearedFields(field, clearance, [...path, name], root) : [],
  );
}

/** How an answer is held against its contract, where the contract says anything about answers. */
export function answerCheck(
  command: CommandContract | undefined,
  files: SchemaFiles,
  log: ProblemLog,
): CommandAsk['receive'] {
  if (command === undefined) return undefined;
  const { output, allow, record, call } = command;
  if (output === undefined && allow === undefined && record === undefined) return undefined;
  const check =
    output === undefined ? () => [] : compileSchemaCheck(output, at(command.cursor, 'output')!, files, log);
  return (data): Received => {
    const errors = check(data);
    const put = errors.length === 0 ? { data } : withDeclaredValues(data, errors);
    // What was put right has to fit as a whole.
    const left = put === undefined ? errors : errors.length === 0 ? [] : check(put.data);
    if (put === undefined || left.length > 0)
      return {
        kind: 'drift',
        problems: left.map((error) => `${explained(error, 'the answer')} in the answer of ${call}`),
      };
    const kept = record === undefined ? {} : { kept: keptOf(record, put.data) };
    const denied = allow === undefined ? undefined : denial(allow, put.data, call);
    if (denied !== undefined) return { kind: 'denied', problem: denied, ...kept };
    return { kind: 'fits', ...put, ...kept };
  };
}

function denial(
  { of, text, values }: NonNullable<CommandContract['allow']>,
  data: Json,
  call: string,
): string | undefined {
  const value = evaluated(of, data);
  return value !== undefined && values.some((allowed) => isEqual(allowed, value))
    ? undefined
    : `${text} of the answer of ${call} is not among the values it may have: ${values.map(shown).join(', ')}`;
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function keptOf(record: NonNullable<CommandContract['record']>, data: Json): Readonly<Record<string, Json>> {
  const kept = record.map(({ text, of }) => [text, evaluated(of, data) ?? null] as const);
  return Object.fromEntries(kept);
}
