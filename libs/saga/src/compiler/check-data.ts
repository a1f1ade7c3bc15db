import { at, isMap, textAt } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { ExpressionError } from '../expression/expression-error.js';
import { isEqual } from '../expression/runtime-value.js';
import type { Json, JsonObject } from '../json.js';
import type { CommandAsk } from '../node.js';
import { classesInSchema } from '../expression/field-classes.js';
import type { Received } from '../received.js';
import type { Expression } from '../scope-values.js';
import type { BlockCompiler } from './block-compiler.js';
import type { CommandContract } from './contracts.js';
import { withDeclaredValues } from './declared-values.js';
import { evaluated } from './evaluate-answer.js';
import { compileSchemaCheck, explained } from './input-schema.js';
import type { SchemaFiles } from './schema-files.js';

/** Data that is sent only if it fits the contract: else the expression fails, and nothing leaves. */
export function sentData(
  data: Expression,
  command: CommandContract | undefined,
  { contracts, files, log }: BlockCompiler,
): Expression {
  if (command?.input === undefined) return data;
  const { clearance } = contracts.participants.get(textAt(command.participant, 'participant')!)!;
  const { call, input } = command;
  const check = compileSchemaCheck(input, at(command.cursor, 'input')!, files, log);
  const hidden = clearance === undefined ? [] : unclearedFields(input.json, clearance);
  return (values) => {
    const value = data(values);
    const errors = check(value);
    if (errors.length > 0)
      throw new ExpressionError(
        `the data of ${call} does not fit its contract: ${errors.map((error) => explained(error, 'it')).join('; ')}`,
      );
    const shown = hidden.find(({ path }) => isThere(value, path));
    if (shown !== undefined)
      throw new ExpressionError(
        `${call} is not cleared for "${shown.path.join('.')}", which is classed ${shown.fieldClass}`,
      );
    return value;
  };
}

interface ClassedField {
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

function isThere(value: Json | undefined, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return value !== undefined && value !== null;
  if (step === '*') return Array.isArray(value) && value.some((item: Json) => isThere(item, rest));
  return isMap(value) && Object.hasOwn(value, step) && isThere(value[step], rest);
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
    : `${text} of the answer of ${call} is not among the values it may have`;
}

function keptOf(record: NonNullable<CommandContract['record']>, data: Json): Readonly<Record<string, Json>> {
  const kept = record.map(({ text, of }) => [text, evaluated(of, data) ?? null] as const);
  return Object.fromEntries(kept);
}
