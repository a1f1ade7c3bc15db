import { ExpressionError } from './expression-error.js';
import { asBool, condition } from './logic.js';
import { compileRequired, lifted, refuse, type Piece, type Run, type Scope } from './piece.js';
import { shown } from './runtime-value.js';
import { ANY, BOOL, STRING, commonType, typeName, type StaticType } from './static-type.js';
import type { Syntax } from './syntax.js';

type FunctionMacro = (node: Syntax, args: readonly Syntax[], scope: Scope) => Piece;
type Macro = (node: Syntax, receiver: Syntax, args: readonly Syntax[], scope: Scope) => Piece;

/** Calls whose arguments are not simply computed first. */
export const MACRO_FUNCTIONS: Readonly<Record<string, FunctionMacro>> = { has };

/** The same, called on a value. */
export const MACROS: Readonly<Record<string, Macro>> = {
  all: loop('all', BOOL, (items, holds) => items.every(holds)),
  exists: loop('exists', BOOL, (items, holds) => items.some(holds)),
  exists_one: loop('exists_one', BOOL, (items, holds) => items.filter(holds).length === 1),
  filter: loop('filter', 'items', (items, holds) => items.filter(holds)),
  map: mapItems,
  orValue,
  or,
  hasValue: (node, receiver, args, scope) => {
    expectArguments(node, args, 0, 'hasValue()');
    const { run } = optional(node, receiver, scope);
    return { type: BOOL, isPlain: true, run: (values, locals) => run(values, locals) !== undefined };
  },
  value: (node, receiver, args, scope) => {
    expectArguments(node, args, 0, 'value()');
    const piece = optional(node, receiver, scope);
    return {
      ...piece,
      type: piece.type.of,
      run: (values, locals) => piece.run(values, locals) ?? absent(piece.run(values, locals)),
    };
  },
  of: (node, receiver, args, scope) => {
    expectOptionals(node, receiver, scope);
    expectArguments(node, args, 1, 'optional.of(value)');
    const piece = compileRequired(args[0]!, scope);
    return { ...piece, type: { kind: 'optional', of: piece.type } };
  },
  none: (node, receiver, args, scope) => {
    expectOptionals(node, receiver, scope);
    expectArguments(node, args, 0, 'optional.none()');
    return { type: { kind: 'optional', of: ANY }, isPlain: true, run: () => undefined };
  },
};

/** `has(a.b.c)`: is the whole path there? A part that is missing on the way makes it false. */
function has(node: Syntax, args: readonly Syntax[], scope: Scope): Piece {
  const path = args[0];
  if (args.length !== 1 || path === undefined || (path.op !== '.' && path.op !== '.?')) {
    return refuse(node, '`has()` takes a path: has(input.coupon) or has(steps.x)');
  }
  const { run } = scope.compile(asOptionalPath(path), scope);
  return { type: BOOL, isPlain: true, run: (values, locals) => run(values, locals) !== undefined };
}

function asOptionalPath(node: Syntax): Syntax {
  if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') return node;
  const [left, right] = node.args;
  const op = node.op === '.' || node.op === '.?' ? '.?' : '[?]';
  return { ...node, start: node.start, end: node.end, op, args: [asOptionalPath(left), right] } as Syntax;
}

function orValue(node: Syntax, receiver: Syntax, args: readonly Syntax[], scope: Scope): Piece {
  expectArguments(node, args, 1, 'orValue(default)');
  const left = optional(node, receiver, scope);
  const right = compileRequired(args[0]!, scope);
  return {
    type: commonType(left.type.of, right.type) ?? ANY,
    isPlain: left.isPlain && right.isPlain,
    run: (values, locals) => {
      const value = left.run(values, locals);
      return value === undefined ? right.run(values, locals) : value;
    },
  };
}

function or(node: Syntax, receiver: Syntax, args: readonly Syntax[], scope: Scope): Piece {
  expectArguments(node, args, 1, 'or(optional)');
  const left = optional(node, receiver, scope);
  const right = optional(node, args[0]!, scope);
  return {
    type: { kind: 'optional', of: commonType(left.type.of, right.type.of) ?? ANY },
    isPlain: left.isPlain && right.isPlain,
    run: (values, locals) => {
      const value = left.run(values, locals);
      return value === undefined ? right.run(values, locals) : value;
    },
  };
}

type OptionalPiece = Piece & { readonly type: Extract<StaticType, { kind: 'optional' }> };

function optional(node: Syntax, receiver: Syntax, scope: Scope): OptionalPiece {
  const piece = scope.compile(receiver, scope);
  if (piece.type.kind !== 'optional')
    refuse(
      node,
      'the value before it is always there; read a field optionally with .? first: steps.?x.output',
    );
  return piece as OptionalPiece;
}

function loop(
  name: string,
  gives: StaticType | 'items',
  decide: (items: unknown[], holds: (item: unknown) => boolean) => unknown,
): Macro {
  return (node, receiver, args, scope) => {
    expectArguments(node, args, 2, `${name}(x, condition)`);
    const { items, slot, inner, item } = iteration(node, receiver, args[0]!, scope);
    if (gives !== 'items') scope.mentions.delete(receiver);
    const { run } = condition(args[1]!, inner);
    const type: StaticType = gives === 'items' ? { kind: 'list', of: item } : gives;
    return {
      type,
      isPlain: type.kind === 'bool',
      run: (values, locals) => {
        const holds = (candidate: unknown) => {
          locals[slot] = candidate;
          return asBool(run(values, locals));
        };
        return decide(items(values, locals) as unknown[], holds);
      },
    };
  };
}

function mapItems(node: Syntax, receiver: Syntax, args: readonly Syntax[], scope: Scope): Piece {
  if (args.length !== 2 && args.length !== 3)
    refuse(node, 'it is called as map(x, value) or map(x, condition, value)');
  const { items, slot, inner } = iteration(node, receiver, args[0]!, scope);
  // What comes out is made of what the body mentions.
  scope.mentions.delete(receiver);
  const filter = args.length === 3 ? condition(args[1]!, inner) : undefined;
  const value = compileRequired(args.at(-1)!, inner);
  return {
    type: { kind: 'list', of: value.type },
    isPlain: value.isPlain,
    run: (values, locals) => {
      const results: unknown[] = [];
      for (const candidate of items(values, locals) as unknown[]) {
        locals[slot] = candidate;
        if (filter === undefined || asBool(filter.run(values, locals)))
          results.push(value.run(values, locals));
      }
      return results;
    },
  };
}

interface Iteration {
  readonly items: Run;
  readonly slot: number;
  readonly item: StaticType;
  readonly inner: Scope;
}

function iteration(node: Syntax, receiver: Syntax, variable: Syntax, scope: Scope): Iteration {
  if (variable.op !== 'id') refuse(node, 'the first argument is the name of the item');
  const list = compileRequired(receiver, scope);
  if (!['any', 'list', 'record'].includes(list.type.kind))
    refuse(node, `${typeName(list.type)} has no items`);
  const stored = list.type.kind === 'list' ? list.type.of : list.type.kind === 'record' ? STRING : ANY;
  const slot = scope.slots.count++;
  const { type: item, run: read } = lifted(stored, (_, locals) => locals[slot], true);
  const convert = item === stored ? undefined : read;
  const locals = new Map(scope.locals).set(variable.args, { slot, type: item });
  const items: Run = (values, current) => {
    const all = itemsOf(list.run(values, current));
    return convert === undefined
      ? all
      : all.map((value) => ((current[slot] = value), convert(values, current)));
  };
  return { items, slot, item, inner: { ...scope, locals } };
}

function itemsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (shown(value) === 'a map') return Object.keys(value as object);
  throw new ExpressionError(`${shown(value)} has no items`);
}

function expectArguments(node: Syntax, args: readonly Syntax[], count: number, usage: string): void {
  if (args.length !== count) refuse(node, `it is called as ${usage}`);
}

function expectOptionals(node: Syntax, receiver: Syntax, scope: Scope): void {
  if (scope.compile(receiver, scope).type.kind !== 'optionals')
    refuse(node, 'it is called as optional.of(value) or optional.none()');
}

function absent(value: unknown): null {
  if (value === null) return null;
  throw new ExpressionError('the optional value is not there');
}
