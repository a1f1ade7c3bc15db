import type { Json, JsonObject } from '../json.js';
import type { Values } from '../scope-values.js';
import { compileExpression } from './compile-expression.js';
import { ExpressionError } from './expression-error.js';
import { ExpressionProblem } from './expression-problem.js';
import { classesOf, withClasses } from './field-classes.js';
import type { Place } from './place.js';
import { toText } from './runtime-value.js';
import { ANY, STRING, type StaticType } from './static-type.js';

/** A part of a text: as it stands, or the expression of a `${ }` with where it begins. */
export type TextPart = { readonly text: string } | { readonly expression: string; readonly offset: number };

/** A compiled value in which `${ }` stands for expressions. */
export interface CompiledTemplate {
  readonly type: StaticType;
  /** @throws ExpressionError */
  readonly evaluate: (values: Values) => Json;
}

/** Reports a mistake inside one text of a template. */
export type ReportInText = (path: readonly (string | number)[], problem: ExpressionProblem) => void;

/** Compiles any JSON value whose texts may hold `${ }`. Mistakes are reported with the path of their text. */
export function compileTemplate(value: Json, place: Place, report: ReportInText): CompiledTemplate {
  return compileAt(value, place, report, []);
}

function compileAt(
  value: Json,
  place: Place,
  report: ReportInText,
  path: readonly (string | number)[],
): CompiledTemplate {
  if (typeof value === 'string') return compileText(value, place, (problem) => report(path, problem));
  if (value === null || typeof value !== 'object') return { type: ANY, evaluate: () => value };
  if (Array.isArray(value)) {
    const items = value.map((item: Json, index) => compileAt(item, place, report, [...path, index]));
    const classes = items.flatMap(({ type }) => classesOf(type));
    return {
      type: withClasses(ANY, classes),
      evaluate: (values) => items.map(({ evaluate }) => evaluate(values)),
    };
  }
  const entries = Object.entries(value as JsonObject).map(([key, field]) => ({
    key,
    field: compileAt(field, place, report, [...path, key]),
  }));
  const fields = Object.fromEntries(entries.map(({ key, field }) => [key, field.type]));
  const evaluate = recordOf(entries.map(({ key, field }) => ({ key, evaluate: field.evaluate })));
  return { type: { kind: 'record', fields, open: false, title: 'this map' }, evaluate };
}

function recordOf(
  entries: readonly { readonly key: string; readonly evaluate: (values: Values) => Json }[],
): (values: Values) => Json {
  return (values) => {
    const result: Record<string, Json> = {};
    for (const { key, evaluate } of entries) result[key] = evaluate(values);
    return result;
  };
}

function compileText(
  text: string,
  place: Place,
  report: (problem: ExpressionProblem) => void,
): CompiledTemplate {
  try {
    const parts = textParts(text);
    const only = parts[0];
    if (only === undefined) return { type: STRING, evaluate: () => '' };
    if (parts.length === 1) return 'text' in only ? fixedText(only.text) : wholeExpression(only, place);
    return mixedText(parts, place);
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    report(error);
    return { type: ANY, evaluate: failed };
  }
}

function failed(): never {
  throw new ExpressionError('the expression was refused when it was compiled');
}

function fixedText(text: string): CompiledTemplate {
  return { type: STRING, evaluate: () => text };
}

function wholeExpression(
  part: { readonly expression: string; readonly offset: number },
  place: Place,
): CompiledTemplate {
  const { type, evaluateJson } = compilePart(part, place);
  return { type, evaluate: evaluateJson as (values: Values) => Json };
}

function mixedText(parts: readonly TextPart[], place: Place): CompiledTemplate {
  const compiled = parts.map((part) => ('text' in part ? undefined : compilePart(part, place)));
  const pieces = parts.map((part, index) => ('text' in part ? () => part.text : compiled[index]!.evaluate));
  const classes = compiled.flatMap((part) => (part === undefined ? [] : classesOf(part.type)));
  return {
    type: withClasses(STRING, classes),
    evaluate: (values) => pieces.map((piece) => toText(piece(values))).join(''),
  };
}

function compilePart(part: { readonly expression: string; readonly offset: number }, place: Place) {
  try {
    return compileExpression(part.expression, place);
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    throw new ExpressionProblem(error.message, error.offset + part.offset);
  }
}

/**
 * Splits a text at its `${ }`; `$${` stands for `${` itself.
 *
 * @throws ExpressionProblem when a `${` is not closed.
 */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let plain = '';
  let position = 0;
  while (position < text.length) {
    if (text.startsWith('$${', position)) {
      plain += '${';
      position += 3;
    } else if (text.startsWith('${', position)) {
      const end = endOfExpression(text, position + 2);
      if (plain !== '') parts.push({ text: plain });
      plain = '';
      parts.push({ expression: text.slice(position + 2, end), offset: position + 2 });
      position = end + 1;
    } else {
      plain += text[position++];
    }
  }
  if (plain !== '') parts.push({ text: plain });
  return parts;
}

function endOfExpression(text: string, from: number): number {
  let depth = 0;
  let quote: string | undefined;
  for (let position = from; position < text.length; position++) {
    const character = text[position]!;
    if (quote !== undefined) {
      if (character === '\\') position++;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth++;
    else if (character === '}' && depth-- === 0) return position;
  }
  throw new ExpressionProblem(
    'this `${` is never closed; write `}` behind the expression, or `$${` for the characters themselves',
    from - 2,
  );
}
