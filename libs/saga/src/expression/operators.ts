import { Duration } from './duration.js';
import { ExpressionError } from './expression-error.js';
import { compileRequired, refuse, type Piece, type Scope } from './piece.js';
import { isEqual, shown } from './runtime-value.js';
import { ANY, BOOL, NUMBER, typeName, type StaticType } from './static-type.js';
import type { SyntaxOf } from './syntax.js';

type BinaryOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'in';

interface Operator {
  readonly type: (left: StaticType, right: StaticType) => StaticType | undefined;
  readonly apply: (left: unknown, right: unknown) => unknown;
}

const OPERATORS: Readonly<Record<BinaryOp, Operator>> = {
  '==': { type: equalityType, apply: isEqual },
  '!=': { type: equalityType, apply: (left, right) => !isEqual(left, right) },
  '<': ordering('<', (difference) => difference < 0),
  '<=': ordering('<=', (difference) => difference <= 0),
  '>': ordering('>', (difference) => difference > 0),
  '>=': ordering('>=', (difference) => difference >= 0),
  '+': { type: sumType, apply: add },
  '-': { type: differenceType, apply: subtract },
  '*': arithmetic('*', (left, right) => left * right),
  '/': arithmetic('/', (left, right) => left / nonZero(right)),
  '%': arithmetic('%', (left, right) => left % nonZero(right)),
  in: { type: membershipType, apply: isMember },
};

/** Compiles an operator between two values. */
export function compileBinary(node: SyntaxOf<BinaryOp>, scope: Scope): Piece {
  const left = compileRequired(node.args[0], scope);
  const right = compileRequired(node.args[1], scope);
  const { type, apply } = OPERATORS[node.op];
  const result = type(left.type, right.type);
  if (result === undefined)
    refuse(node, `"${node.op}" does not go between ${typeName(left.type)} and ${typeName(right.type)}`);
  const isPlain = result.kind === 'bool' || result.kind === 'number' || result.kind === 'string';
  return {
    type: result,
    isPlain,
    run: (values, locals) => apply(left.run(values, locals), right.run(values, locals)),
  };
}

const DISTINCT: readonly StaticType['kind'][] = [
  'bool',
  'number',
  'string',
  'timestamp',
  'duration',
  'list',
  'record',
];

function equalityType(left: StaticType, right: StaticType): StaticType | undefined {
  const isNeverEqual =
    left.kind !== right.kind && DISTINCT.includes(left.kind) && DISTINCT.includes(right.kind);
  return isNeverEqual ? undefined : BOOL;
}

function ordering(op: BinaryOp, holds: (difference: number) => boolean): Operator {
  const ordered = ['number', 'string', 'timestamp', 'duration'];
  return {
    type: (left, right) => {
      if (left.kind === 'any' || right.kind === 'any')
        return ordered.includes(other(left, right).kind) ? BOOL : undefined;
      return left.kind === right.kind && ordered.includes(left.kind) ? BOOL : undefined;
    },
    apply: (left, right) => holds(difference(op, left, right)),
  };
}

function other(left: StaticType, right: StaticType): StaticType {
  const known = left.kind === 'any' ? right : left;
  return known.kind === 'any' ? NUMBER : known;
}

function difference(op: BinaryOp, left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms;
  throw unfit(op, left, right);
}

function arithmetic(op: BinaryOp, compute: (left: number, right: number) => number): Operator {
  return {
    type: (left, right) => (isMaybe('number', left) && isMaybe('number', right) ? NUMBER : undefined),
    apply: (left, right) => {
      if (typeof left === 'number' && typeof right === 'number') return compute(left, right);
      throw unfit(op, left, right);
    },
  };
}

function isMaybe(kind: StaticType['kind'], type: StaticType): boolean {
  return type.kind === kind || type.kind === 'any';
}

function sumType(left: StaticType, right: StaticType): StaticType | undefined {
  if (left.kind === 'any' && right.kind === 'any') return ANY;
  if (left.kind === 'any' || right.kind === 'any') {
    const known = other(left, right);
    if (known.kind === 'duration') return ANY;
    if (known.kind === 'list') return { kind: 'list', of: ANY };
    return ['number', 'string', 'timestamp'].includes(known.kind) ? known : undefined;
  }
  if (left.kind === right.kind && ['number', 'string', 'duration'].includes(left.kind)) return left;
  if (left.kind === 'list' && right.kind === 'list') return { kind: 'list', of: ANY };
  if (left.kind === 'timestamp' && right.kind === 'duration') return left;
  return left.kind === 'duration' && right.kind === 'timestamp' ? right : undefined;
}

function add(left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (left instanceof Date && right instanceof Duration) return new Date(left.getTime() + right.ms);
  if (left instanceof Duration && right instanceof Date) return new Date(right.getTime() + left.ms);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.ms + right.ms);
  throw unfit('+', left, right);
}

function differenceType(left: StaticType, right: StaticType): StaticType | undefined {
  if (left.kind === 'any' && right.kind === 'any') return ANY;
  if (left.kind === 'any' || right.kind === 'any') {
    const known = other(left, right);
    if (known.kind === 'number') return NUMBER;
    return known.kind === 'timestamp' || known.kind === 'duration' ? ANY : undefined;
  }
  if (left.kind === right.kind && (left.kind === 'number' || left.kind === 'duration')) return left;
  if (left.kind !== 'timestamp') return undefined;
  if (right.kind === 'timestamp') return { kind: 'duration', stored: 'value' };
  return right.kind === 'duration' ? left : undefined;
}

function subtract(left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left instanceof Date && right instanceof Date) return new Duration(left.getTime() - right.getTime());
  if (left instanceof Date && right instanceof Duration) return new Date(left.getTime() - right.ms);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.ms - right.ms);
  throw unfit('-', left, right);
}

function membershipType(left: StaticType, right: StaticType): StaticType | undefined {
  if (right.kind === 'any' || right.kind === 'list') return BOOL;
  return right.kind === 'record' && isMaybe('string', left) ? BOOL : undefined;
}

function isMember(left: unknown, right: unknown): boolean {
  if (Array.isArray(right)) return right.some((candidate) => isEqual(candidate, left));
  if (typeof right === 'object' && right !== null && typeof left === 'string')
    return Object.hasOwn(right, left);
  throw unfit('in', left, right);
}

function nonZero(divisor: number): number {
  if (divisor === 0) throw new ExpressionError('division by zero');
  return divisor;
}

function unfit(op: BinaryOp, left: unknown, right: unknown): ExpressionError {
  return new ExpressionError(`"${op}" does not go between ${shown(left)} and ${shown(right)}`);
}
