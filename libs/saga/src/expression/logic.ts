import { stepName } from './access.js';
import { ExpressionError } from './expression-error.js';
import { compileRequired, refuse, type Piece, type Run, type Scope } from './piece.js';
import { shown } from './runtime-value.js';
import { BOOL, NUMBER, commonType, typeName } from './static-type.js';
import type { Syntax, SyntaxOf } from './syntax.js';

/** Compiles `&&` and `||`: as in CEL, a side that decides makes an error of the other side irrelevant. */
export function compileLogic(node: SyntaxOf<'&&'> | SyntaxOf<'||'>, scope: Scope): Piece {
  const decisive = node.op === '||';
  const left = condition(node.args[0], scope);
  const right = condition(node.args[1], proving(scope, node.args[0], !decisive));
  return {
    type: BOOL,
    isPlain: true,
    run: (values, locals) => {
      let failure: ExpressionError | undefined;
      try {
        if (asBool(left.run(values, locals)) === decisive) return decisive;
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        failure = error;
      }
      if (asBool(right.run(values, locals)) === decisive) return decisive;
      if (failure !== undefined) throw failure;
      return !decisive;
    },
  };
}

/** Compiles `a ? b : c`. */
export function compileTernary(node: SyntaxOf<'?:'>, scope: Scope): Piece {
  const [when, yes, no] = node.args;
  const { run } = condition(when, scope);
  const left = scope.compile(yes, proving(scope, when, true));
  const right = scope.compile(no, proving(scope, when, false));
  const type = commonType(left.type, right.type);
  if (type === undefined)
    refuse(
      node,
      'one side may not be there and the other one always is; close the optional side with .orValue(…)',
    );
  return {
    type,
    isPlain: left.isPlain && right.isPlain,
    run: (values, locals) => (asBool(run(values, locals)) ? left : right).run(values, locals),
  };
}

/** Compiles `!a` and `-a`. */
export function compileUnary(node: SyntaxOf<'!_'> | SyntaxOf<'-_'>, scope: Scope): Piece {
  if (node.op === '!_') {
    const { run } = condition(node.args, scope);
    return { type: BOOL, isPlain: true, run: (values, locals) => !asBool(run(values, locals)) };
  }
  const piece = compileRequired(node.args, scope);
  if (piece.type.kind !== 'number' && piece.type.kind !== 'any')
    refuse(node, `"-" does not go before ${typeName(piece.type)}`);
  return { type: NUMBER, isPlain: true, run: (values, locals) => negated(piece.run(values, locals)) };
}

/** Compiles a part that has to be true or false. */
export function condition(node: Syntax, scope: Scope): Piece {
  const piece = compileRequired(node, scope);
  if (piece.type.kind !== 'bool' && piece.type.kind !== 'any') {
    refuse(node, `a condition is true or false, and this is ${typeName(piece.type)}`);
  }
  return piece;
}

/** The value of a condition. */
export function asBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(`a condition is true or false, and this is ${shown(value)}`);
}

/** The scope behind a condition that turned out as `holds`: `has(steps.x)` proves that x has run. */
function proving(scope: Scope, node: Syntax, holds: boolean): Scope {
  const found = provenSteps(node, scope, holds);
  return found.length === 0 ? scope : { ...scope, proven: new Set([...scope.proven, ...found]) };
}

function provenSteps(node: Syntax, scope: Scope, holds: boolean): readonly string[] {
  if (node.op === '!_') return provenSteps(node.args, scope, !holds);
  if (node.op === (holds ? '&&' : '||'))
    return (node.args as [Syntax, Syntax]).flatMap((side) => provenSteps(side, scope, holds));
  if (!holds || node.op !== 'call' || node.args[0] !== 'has') return [];
  return node.args[1].flatMap((argument) => pathStep(argument, scope));
}

/** The block at the root of a path such as `steps.x.output.y`. */
function pathStep(node: Syntax, scope: Scope): readonly string[] {
  const name = stepName(node, scope);
  if (name !== undefined) return [name];
  if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') return [];
  return pathStep(node.args[0], scope);
}

function negated(value: unknown): number {
  if (typeof value === 'number') return -value;
  throw new ExpressionError(`"-" does not go before ${shown(value)}`);
}

/** A `Run` that gives the same value every time. */
export function constant(value: unknown): Run {
  return () => value;
}
