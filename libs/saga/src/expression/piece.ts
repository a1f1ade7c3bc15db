import type { Values } from '../scope-values.js';
import { ExpressionProblem } from './expression-problem.js';
import type { Place } from './place.js';
import { readDuration, parseTimestamp } from './runtime-value.js';
import { DURATION, TIMESTAMP, type StaticType } from './static-type.js';
import type { Syntax } from './syntax.js';

/** Computes a part of an expression. `locals` holds the variables of `map`, `filter`, … by slot. */
export type Run = (values: Values, locals: unknown[]) => unknown;

/** A compiled part of an expression. An optional one that is not there gives `undefined`. */
export interface Piece {
  readonly run: Run;
  readonly type: StaticType;
  /** The result is JSON as it stands and needs no conversion. */
  readonly isPlain: boolean;
}

/** What the compiler carries down while it walks an expression. */
export interface Scope {
  readonly place: Place;
  readonly locals: ReadonlyMap<string, { readonly slot: number; readonly type: StaticType }>;
  /** Number of slots in use; shared by the whole expression. */
  readonly slots: { count: number };
  /** Blocks that are known to have run here, by a condition around this part. */
  readonly proven: ReadonlySet<string>;
  /** How what was mentioned is classed, by the part of the expression that mentions it; shared by the whole expression. */
  readonly mentions: Map<Syntax, readonly string[]>;
  readonly compile: (node: Syntax, scope: Scope) => Piece;
}

/** A piece whose value is converted from how it is stored to how expressions see it. */
export function lifted(type: StaticType, run: Run, isPlain: boolean): Piece {
  if (type.kind === 'timestamp' && type.stored === 'text')
    return { type: TIMESTAMP, run: mapped(run, parseTimestamp), isPlain: false };
  if (type.kind === 'timestamp' && type.stored === 'ms')
    return { type: TIMESTAMP, run: mapped(run, fromMs), isPlain: false };
  if (type.kind === 'duration' && type.stored !== 'value')
    return { type: DURATION, run: mapped(run, readDuration), isPlain: false };
  return { type, run, isPlain };
}

/** Applies a conversion to what is there. */
export function mapped(run: Run, convert: (value: unknown) => unknown): Run {
  return (values, locals) => {
    const value = run(values, locals);
    return value === undefined || value === null ? value : convert(value);
  };
}

function fromMs(value: unknown): Date {
  return new Date(value as number);
}

/** Refuses a part of the expression. */
export function refuse(node: Syntax, message: string): never {
  throw new ExpressionProblem(message, node.start);
}

/** Compiles a part that has to be there: an optional one needs a default first. */
export function compileRequired(node: Syntax, scope: Scope): Piece {
  const piece = scope.compile(node, scope);
  if (piece.type.kind === 'optional') {
    refuse(node, 'this may not be there; say what counts then: … .orValue(<default>)');
  }
  if (piece.type.kind === 'steps')
    refuse(node, '`steps` alone is no value; name a block: steps.<block>.output');
  if (piece.type.kind === 'optionals')
    refuse(node, '`optional` alone is no value; write optional.of(…) or optional.none()');
  return piece;
}
