import type { Values } from '../scope-values.js';
import { compileAccess, own } from './access.js';
import { compileCall, compileMethod } from './calls.js';
import { suggestion } from './did-you-mean.js';
import { foreignName } from './other-languages.js';
import { ExpressionError } from './expression-error.js';
import { classesOf, withClasses } from './field-classes.js';
import { compileLogic, compileTernary, compileUnary, constant } from './logic.js';
import { compileBinary } from './operators.js';
import { compileRequired, lifted, refuse, type Piece, type Run, type Scope } from './piece.js';
import type { Place, RootName } from './place.js';
import { toJson } from './runtime-value.js';
import { refuseApart } from './refuse-apart.js';
import { StaleFactError } from './stale-fact-error.js';
import { ANY, BOOL, NULL, NUMBER, STRING, type StaticType } from './static-type.js';
import { parseExpression, type Syntax, type SyntaxOf } from './syntax.js';

/** A compiled expression before it is cut to what a key wants. */
export interface CompiledExpression {
  readonly type: StaticType;
  /** The value as expressions see it: instants are dates. @throws ExpressionError */
  readonly evaluate: (values: Values) => unknown;
  /** The value as JSON. @throws ExpressionError */
  readonly evaluateJson: (values: Values) => unknown;
}

/**
 * Compiles the text of an expression to a closure.
 *
 * @throws ExpressionProblem when it cannot be understood or mentions what does not exist at its place.
 */
export function compileExpression(text: string, place: Place): CompiledExpression {
  const slots = { count: 0 };
  const mentions: Scope['mentions'] = new Map();
  const scope: Scope = { place, locals: new Map(), slots, proven: new Set(), mentions, compile };
  const { run, isPlain, ...piece } = compileRequired(parseExpression(text), scope);
  const type = withMentioned(piece.type, mentions);
  const evaluate = guarded(text, slots.count, run);
  const evaluateJson = isPlain
    ? evaluate
    : guarded(text, slots.count, (values, locals) => toJson(run(values, locals)));
  return { type, evaluate, evaluateJson };
}

/** A value is classed like everything it was computed from, unless its parts say the same by themselves. */
function withMentioned(type: StaticType, mentions: Scope['mentions']): StaticType {
  const own = classesOf(type);
  return withClasses(
    type,
    [...mentions.values()].flat().filter((each) => !own.includes(each)),
  );
}

const NO_LOCALS: unknown[] = [];

function guarded(text: string, slots: number, run: Run): (values: Values) => unknown {
  return (values) => {
    try {
      return run(values, slots === 0 ? NO_LOCALS : new Array<unknown>(slots));
    } catch (error) {
      const message = `${error instanceof Error ? error.message : String(error)}, in: ${text}`;
      const cause = { cause: error };
      throw error instanceof StaleFactError
        ? new StaleFactError(message, cause)
        : new ExpressionError(message, cause);
    }
  };
}

function compile(node: Syntax, scope: Scope): Piece {
  const piece = compilePart(node, scope);
  const isAccess = node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';
  // The whole path counts, not what it leads through.
  if (isAccess) scope.mentions.delete(node.args[0]);
  if (isAccess || node.op === 'id') scope.mentions.set(node, classesOf(piece.type));
  return piece;
}

function compilePart(node: Syntax, scope: Scope): Piece {
  switch (node.op) {
    case 'value':
      return literal(node);
    case 'id':
      return name(node, scope);
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return compileAccess(node, scope);
    case 'call':
      return compileCall(node, scope);
    case 'rcall':
      return compileMethod(node, scope);
    case 'list':
      return list(node, scope);
    case 'map':
      return map(node, scope);
    case '?:':
      return compileTernary(node, scope);
    case '&&':
    case '||':
      return compileLogic(node, scope);
    case '!_':
    case '-_':
      return compileUnary(node, scope);
    default:
      return compileBinary(node, scope);
  }
}

function literal(node: SyntaxOf<'value'>): Piece {
  const value = typeof node.args === 'bigint' ? Number(node.args) : node.args;
  if (typeof value === 'number' && typeof node.args === 'bigint' && !Number.isSafeInteger(value)) {
    refuse(node, 'this number is too large to be exact; write it as a text');
  }
  if (typeof value === 'object' && value !== null) {
    refuse(
      node,
      value instanceof Uint8Array
        ? 'bytes are not part of the language'
        : 'there is one kind of number; leave the u out',
    );
  }
  return { type: literalType(value), isPlain: true, run: constant(value) };
}

function literalType(value: string | number | bigint | boolean | null): StaticType {
  if (value === null) return NULL;
  if (typeof value === 'string') return STRING;
  return typeof value === 'boolean' ? BOOL : NUMBER;
}

const READERS: Readonly<Record<RootName, Run>> = {
  input: (values) => values.input,
  saga: (values) => values.saga,
  toggles: (values) => values.toggles,
  now: (values) => values.now,
  failure: (values) => values.failure,
  self: (values) => values.self,
  output: (values) => values.output,
  data: (values) => values.data,
  event: (values) => values.event,
  // Started by a trigger without a link: nothing is linked, which is no mistake.
  linked: (values) => values.linked ?? null,
};

function name(node: SyntaxOf<'id'>, scope: Scope): Piece {
  const local = scope.locals.get(node.args);
  if (local !== undefined)
    return { type: local.type, isPlain: false, run: (_, locals) => locals[local.slot] };
  refuseApart(node, node.args, scope);
  if (node.args === 'steps') return { type: { kind: 'steps' }, isPlain: true, run: (values) => values.steps };
  if (node.args === 'optional')
    return { type: { kind: 'optionals' }, isPlain: true, run: constant(undefined) };
  const { roots, locals, params } = scope.place;
  if (node.args === 'facts' && locals?.has('facts') !== true)
    refuse(node, '`facts` alone is no value; name one: facts.<name>.value');
  if (node.args === 'params' && params !== undefined)
    return lifted(params.type, ({ steps }) => own(own(steps, params.step), 'output'), true);
  const type = locals?.get(node.args);
  if (type !== undefined) return lifted(type, (values) => own(values.locals, node.args), true);
  if (!Object.hasOwn(roots, node.args))
    refuse(node, `there is no "${node.args}" here.${meantName(node.args, scope)}`);
  return lifted(roots[node.args as RootName]!, READERS[node.args as RootName], true);
}

/** People write a field for the input that has it, and a block for its result. */
function meantName(word: string, scope: Scope): string {
  const { roots, steps } = scope.place;
  const foreign = foreignName(word);
  if (foreign !== '') return foreign;
  if (steps.has(word)) return ` Did you mean "steps.${word}.output"?`;
  const { input } = roots;
  if (input?.kind === 'record' && Object.hasOwn(input.fields, word)) return ` Did you mean "input.${word}"?`;
  const known = suggestion(word, namesAt(scope));
  const mayBeField =
    input?.kind === 'any' &&
    ![...Object.keys(READERS), 'item', 'index'].includes(word) &&
    !known.startsWith(' Did');
  return mayBeField ? ` If it is a field of the input, write input.${word}.${known}` : known;
}

function namesAt({ place, locals }: Scope): readonly string[] {
  return [
    ...Object.keys(place.roots),
    ...(place.locals?.keys() ?? []),
    ...(place.params === undefined ? [] : ['params']),
    ...(place.steps.size > 0 ? ['steps'] : []),
    ...locals.keys(),
  ];
}

function list(node: SyntaxOf<'list'>, scope: Scope): Piece {
  const items = node.args.map((item) => compileRequired(item, scope));
  const of = items.length > 0 && items.every(({ type }) => type === items[0]!.type) ? items[0]!.type : ANY;
  return {
    type: { kind: 'list', of },
    isPlain: items.every(({ isPlain }) => isPlain),
    run: (values, locals) => items.map(({ run }) => run(values, locals)),
  };
}

function map(node: SyntaxOf<'map'>, scope: Scope): Piece {
  const entries = node.args.map(([key, value]) => {
    if (key.op !== 'value' || typeof key.args !== 'string')
      refuse(key, "the keys of a map are texts in quotes: {'a': 1}");
    return { key: key.args as string, value: compileRequired(value, scope) };
  });
  const fields = Object.fromEntries(entries.map(({ key, value }) => [key, value.type]));
  return {
    type: { kind: 'record', fields, open: false, title: 'this map' },
    isPlain: entries.every(({ value }) => value.isPlain),
    run: (values, locals) =>
      Object.fromEntries(entries.map(({ key, value }) => [key, value.run(values, locals)])),
  };
}
