import type { BrokenRule } from '../broken-rule.js';
import { at, isMap, placeText, textAt, type Cursor } from '../document/cursor.js';
import { ExpressionError } from '../expression/expression-error.js';
import { classedParts, type ClassedPart } from '../expression/field-classes.js';
import { RuleBrokenError } from '../expression/rule-broken-error.js';
import { typeOfSchema } from '../expression/schema-type.js';
import type { CompiledTemplate } from '../expression/template.js';
import type { Json } from '../json.js';
import type { Expression } from '../scope-values.js';
import type { BlockCompiler } from './block-compiler.js';
import { unclearedFields } from './check-data.js';
import type { CommandRule } from './command-rules.js';
import type { CommandContract } from './contracts.js';
import { evaluatedOver } from './evaluate-answer.js';
import { compileSchemaCheck, explained } from './input-schema.js';
import { stepsTo, valueAt } from './pointed-value.js';

/** The longest value that is told as it is. */
const LONGEST = 200;

type Check = (data: Json) => BrokenRule | undefined;

/** Whether anything is said of what a command may be sent. */
export function isRuled(command: CommandContract | undefined): command is CommandContract {
  return command !== undefined && (command.input !== undefined || (command.rules ?? []).length > 0);
}

/**
 * Data that is sent only if its contract allows it: else the expression fails, and nothing leaves.
 *
 * This is the only place where that is decided: for what a saga does and for what undoes it, whoever the values are from.
 */
export function allowedData(
  { evaluate, type }: CompiledTemplate,
  command: CommandContract | undefined,
  compiler: BlockCompiler,
): Expression {
  if (!isRuled(command)) return evaluate;
  const classed = [...classedParts(type), ...(command.input ? classedParts(schemaType(command)) : [])];
  const checks = [
    ...schemaChecks(command, classed, compiler),
    ...(command.rules ?? []).map((rule) => ruleCheck(rule, command.call, classed)),
  ];
  return (values) => {
    const data = evaluate(values);
    for (const check of checks) {
      const broken = check(data);
      if (broken !== undefined) throw new RuleBrokenError(broken);
    }
    return data;
  };
}

function schemaType({ input }: CommandContract) {
  return typeOfSchema(input!.json, 'data');
}

function schemaChecks(
  command: CommandContract,
  classed: readonly ClassedPart[],
  { contracts, files, log }: BlockCompiler,
): readonly Check[] {
  const { call, input, participant } = command;
  if (input === undefined) return [];
  const cursor = at(command.cursor, 'input')!;
  const check = compileSchemaCheck(input, cursor, files, log);
  const { clearance } = contracts.participants.get(textAt(participant, 'participant')!)!;
  const fits: Check = (data) => {
    const errors = check(data);
    if (errors.length === 0) return undefined;
    const said = errors.map((error) => explained(error, 'it')).join('; ');
    const problem = `the data does not fit: ${said}`;
    return {
      call,
      rule: 'input',
      place: placeText(cursor),
      problem,
      values: valuesOf(data, errors.map(stepsTo), classed),
    };
  };
  return clearance === undefined
    ? [fits]
    : [fits, clearanceCheck(call, at(participant, 'clearance')!, unclearedFields(input.json, clearance))];
}

function clearanceCheck(call: string, cursor: Cursor, hidden: readonly ClassedPart[]): Check {
  return (data) => {
    const shown = hidden.find(({ path }) => isThere(data, path));
    if (shown === undefined) return undefined;
    const problem = `it is not cleared for "${shown.path.join('.')}", which is classed ${shown.fieldClass}`;
    return { call, rule: 'clearance', place: placeText(cursor), problem, values: {} };
  };
}

function ruleCheck(rule: CommandRule, call: string, classed: readonly ClassedPart[]): Check {
  const { name, because, instead, paths } = rule;
  const place = placeText(rule.cursor);
  return (data) => {
    const problem = problemOf(rule, data);
    if (problem === undefined) return undefined;
    return {
      call,
      rule: name,
      place,
      problem,
      values: valuesOf(data, paths, classed),
      ...(because === undefined ? {} : { because }),
      ...(instead === undefined ? {} : { instead }),
    };
  };
}

/** What cannot be said to hold does not. */
function problemOf({ holds, text }: CommandRule, data: Json): string | undefined {
  try {
    return evaluatedOver(holds, data) ? undefined : `${text} does not hold`;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `whether it holds cannot be said: ${error.message}`;
  }
}

/** What stands at these paths, as far as anything does and everybody may see it. */
function valuesOf(
  data: Json,
  paths: readonly (readonly string[])[],
  classed: readonly ClassedPart[],
): BrokenRule['values'] {
  const found = paths.flatMap((path): readonly (readonly [string, Json])[] => {
    const value = valueAt(data, path);
    if (value === undefined || path.length === 0) return [];
    const part = classed.find((each) => areOneInAnother(each.path, path));
    return [[`data.${path.join('.')}`, part === undefined ? cut(value) : `[masked: ${part.fieldClass}]`]];
  });
  return Object.fromEntries(found);
}

function areOneInAnother(classed: readonly string[], path: readonly string[]): boolean {
  const length = Math.min(classed.length, path.length);
  return classed.slice(0, length).every((step, index) => step === '*' || step === path[index]);
}

function cut(value: Json): Json {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : value;
}

function isThere(value: Json | undefined, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return value !== undefined && value !== null;
  if (step === '*') return Array.isArray(value) && value.some((item: Json) => isThere(item, rest));
  return isMap(value) && Object.hasOwn(value, step) && isThere(value[step], rest);
}
