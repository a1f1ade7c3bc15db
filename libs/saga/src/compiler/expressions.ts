import { entriesOf, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { compileExpression, type CompiledExpression } from '../expression/compile-expression.js';
import { ExpressionError } from '../expression/expression-error.js';
import { ExpressionProblem } from '../expression/expression-problem.js';
import type { Place } from '../expression/place.js';
import { parseTimestamp, shown } from '../expression/runtime-value.js';
import { ANY, storedType, typeName, type StaticType } from '../expression/static-type.js';
import { compileTemplate, type CompiledTemplate } from '../expression/template.js';
import type { Json } from '../json.js';
import type { Expression } from '../scope-values.js';

/** Compiles a bare expression; what is wrong with it is reported where it is written. */
export function bareExpression(
  cursor: Cursor,
  place: Place,
  log: ProblemLog,
): CompiledExpression | undefined {
  try {
    return compileExpression(String(cursor.value), place);
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    log.error(cursor, error.message, error.offset);
    return undefined;
  }
}

/** A bare expression that gives JSON. */
export function valueExpression(cursor: Cursor, place: Place, log: ProblemLog): Expression {
  const compiled = bareExpression(cursor, place, log);
  return (compiled?.evaluateJson as Expression | undefined) ?? refused;
}

/** A list, and what is known of its items. */
export interface CompiledList {
  readonly evaluate: Expression;
  readonly item: StaticType;
}

/** A bare expression that gives a list. */
export function listExpression(cursor: Cursor, place: Place, log: ProblemLog): CompiledList {
  const compiled = bareExpression(cursor, place, log);
  if (compiled === undefined) return { evaluate: refused, item: ANY };
  const { type, evaluateJson } = compiled;
  if (type.kind !== 'list' && type.kind !== 'any')
    log.error(cursor, `A list is needed here, and this is ${typeName(type)}.`);
  return { evaluate: evaluateJson as Expression, item: type.kind === 'list' ? storedType(type.of) : ANY };
}

/** A bare expression that is true or false. */
export function conditionExpression(cursor: Cursor, place: Place, log: ProblemLog): Expression<boolean> {
  const compiled = bareExpression(cursor, place, log);
  if (compiled === undefined) return refused;
  if (compiled.type.kind !== 'bool' && compiled.type.kind !== 'any') {
    log.error(cursor, `A condition is true or false, and this is ${typeName(compiled.type)}.`);
  }
  const { evaluate } = compiled;
  return (values) => {
    const result = evaluate(values);
    if (typeof result === 'boolean') return result;
    throw new ExpressionError(
      `a condition is true or false, and this is ${shown(result)}, in: ${String(cursor.value)}`,
    );
  };
}

/** A bare expression that gives a number. */
export function numberExpression(cursor: Cursor, place: Place, log: ProblemLog): Expression<number> {
  const compiled = bareExpression(cursor, place, log);
  if (compiled === undefined) return refused;
  const { type, evaluateJson } = compiled;
  if (type.kind !== 'number' && type.kind !== 'any')
    log.error(cursor, `A number is needed here, and this is ${typeName(type)}.`);
  return (values) => {
    const result = evaluateJson(values);
    if (typeof result === 'number') return result;
    throw new ExpressionError(
      `a number is needed, and this is ${shown(result)}, in: ${String(cursor.value)}`,
    );
  };
}

/** A bare expression for a point in time; a text is read as RFC 3339. */
export function instantExpression(cursor: Cursor, place: Place, log: ProblemLog): Expression<number> {
  const compiled = bareExpression(cursor, place, log);
  if (compiled === undefined) return refused;
  if (!['timestamp', 'string', 'any'].includes(compiled.type.kind)) {
    log.error(
      cursor,
      `An instant is needed here, and this is ${typeName(compiled.type)}. Write timestamp('2026-03-01T12:00:00Z') or now + duration('1h').`,
    );
  }
  const { evaluate } = compiled;
  return (values) => {
    const result = evaluate(values);
    const at = (result instanceof Date ? result : parseTimestamp(result)).getTime();
    if (Number.isFinite(at)) return at;
    throw new ExpressionError(
      `an instant is needed, and this is beyond all dates, in: ${String(cursor.value)}`,
    );
  };
}

/** A value in which `${ }` stands for expressions. */
export function templateValue(cursor: Cursor, place: Place, log: ProblemLog): CompiledTemplate {
  warnOfPlainTexts(cursor, log);
  return compileTemplate(cursor.value, place, (path, problem) => {
    log.error({ ...cursor, path: [...cursor.path, ...path] }, problem.message, problem.offset);
  });
}

/** A text that looks like an expression, in the way it is written bare or in other template languages. */
const LOOKS_COMPUTED =
  /^(?:(?:input|steps|failure|self|facts|params|linked|data|event|saga)\??\.[\w.?]+|\$(?:input|steps|data|event)\b.*|\{\{.*\}\})$/;

/** Such a text would be sent as it stands, which nobody notices before somebody has got it. */
function warnOfPlainTexts(cursor: Cursor, log: ProblemLog): void {
  const { value } = cursor;
  if (typeof value === 'string' && LOOKS_COMPUTED.test(value.trim())) {
    const bare = value.trim().replace(/^\{\{\s*|\s*\}\}$|^\$/g, '');
    log.warning(
      cursor,
      `This is the text ${JSON.stringify(value)} itself. If its value is meant, write '\${ ${bare} }'.`,
    );
  }
  for (const item of itemsOf(cursor)) warnOfPlainTexts(item, log);
  for (const [, field] of entriesOf(cursor)) warnOfPlainTexts(field, log);
}

/** The empty map. */
export const NOTHING: CompiledTemplate = { type: ANY, evaluate: (): Json => ({}) };

function refused(): never {
  throw new ExpressionError('the expression was refused when it was compiled');
}
