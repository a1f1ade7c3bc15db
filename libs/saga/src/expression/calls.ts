import { suggestion } from './did-you-mean.js';
import { Duration, parseDuration } from './duration.js';
import { ExpressionError } from './expression-error.js';
import { foreignMethod } from './other-languages.js';
import { FUNCTIONS, METHODS, type Kind, type Overload } from './functions.js';
import { MACROS, MACRO_FUNCTIONS } from './macros.js';
import { compileRequired, refuse, type Piece, type Scope } from './piece.js';
import { parseTimestamp, shown } from './runtime-value.js';
import { ANY, typeName, type StaticType } from './static-type.js';
import type { Syntax, SyntaxOf } from './syntax.js';

/** Compiles `f(a)`. */
export function compileCall(node: SyntaxOf<'call'>, scope: Scope): Piece {
  const [name, args] = node.args;
  const macro = Object.hasOwn(MACRO_FUNCTIONS, name) ? MACRO_FUNCTIONS[name] : undefined;
  if (macro !== undefined) return macro(node, args, scope);
  if (name === 'matches') return refuse(node, NO_MATCHES);
  if (!Object.hasOwn(FUNCTIONS, name)) {
    refuse(
      node,
      `there is no function "${name}".${suggestion(name, [...Object.keys(FUNCTIONS), ...Object.keys(MACRO_FUNCTIONS)])}`,
    );
  }
  checkText(name, args);
  return applied(
    node,
    name,
    FUNCTIONS[name]!,
    args.map((argument) => compileRequired(argument, scope)),
  );
}

/** Compiles `a.f(b)`. */
export function compileMethod(node: SyntaxOf<'rcall'>, scope: Scope): Piece {
  const [name, receiver, args] = node.args;
  if (name === 'matches') return refuse(node, NO_MATCHES);
  const macro = Object.hasOwn(MACROS, name) ? MACROS[name] : undefined;
  if (macro !== undefined) return macro(node, receiver, args, scope);
  if (!Object.hasOwn(METHODS, name)) {
    refuse(
      node,
      `there is no function ".${name}()".${foreignMethod(name) || suggestion(name, [...Object.keys(METHODS), ...Object.keys(MACROS)])}`,
    );
  }
  return applied(
    node,
    name,
    METHODS[name]!,
    [receiver, ...args].map((argument) => compileRequired(argument, scope)),
  );
}

/** Texts that are written in the expression are read once before: what is none will never be one. */
const TEXTS: Readonly<Record<string, { readonly read: (text: string) => unknown; readonly means: string }>> =
  {
    timestamp: { read: parseTimestamp, means: 'instant with a zone, such as 2026-03-01T12:00:00Z' },
    duration: { read: parseDuration, means: 'duration; write 30s, 5m, 1h30m or 7d' },
  };

function checkText(name: string, [text]: readonly Syntax[]): void {
  if (!Object.hasOwn(TEXTS, name) || text?.op !== 'value' || typeof text.args !== 'string') return;
  const { read, means } = TEXTS[name]!;
  try {
    read(text.args);
  } catch {
    refuse(text, `"${text.args}" is no ${means}`);
  }
}

const NO_MATCHES =
  "regular expressions are not part of the language, because some run forever; write like(text, 'AB*') or startsWith";

function applied(node: Syntax, name: string, overloads: readonly Overload[], args: readonly Piece[]): Piece {
  const fitting = overloads.filter(
    ({ takes }) => takes.length === args.length && takes.every((kind, i) => mayBe(kind, args[i]!.type)),
  );
  if (fitting.length === 0)
    refuse(
      node,
      `\`${name}()\` does not take ${args.map(({ type }) => typeName(type)).join(' and ') || 'nothing'}`,
    );
  const gives = fitting.every((overload) => overload.gives === fitting[0]!.gives) ? fitting[0]!.gives : ANY;
  const isPlain = gives.kind === 'bool' || gives.kind === 'number' || gives.kind === 'string';
  return {
    type: gives,
    isPlain,
    run: (values, locals) => {
      const actual = args.map(({ run }) => run(values, locals));
      const overload = fitting.find(({ takes }) => takes.every((kind, i) => isKind(kind, actual[i])));
      if (overload === undefined)
        throw new ExpressionError(`${name}() does not take ${actual.map(shown).join(' and ')}`);
      return (overload.apply as (...all: unknown[]) => unknown)(...actual);
    },
  };
}

function mayBe(kind: Kind, type: StaticType): boolean {
  return kind === 'any' || type.kind === 'any' || type.kind === kind;
}

function isKind(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'bool':
      return typeof value === 'boolean';
    case 'number':
    case 'string':
      return typeof value === kind;
    case 'list':
      return Array.isArray(value);
    case 'timestamp':
      return value instanceof Date;
    case 'duration':
      return value instanceof Duration;
    case 'record':
      return shown(value) === 'a map';
  }
}
