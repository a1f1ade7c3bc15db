import type { BlockResult, Values } from '../scope-values.js';
import { suggestion } from './did-you-mean.js';
import type { VisibleStep } from './place.js';
import { ExpressionError } from './expression-error.js';
import { compileFact, factName } from './facts.js';
import { classesOf, withClasses } from './field-classes.js';
import { compileRequired, lifted, refuse, type Piece, type Run, type Scope } from './piece.js';
import { refuseApart } from './refuse-apart.js';
import { shown } from './runtime-value.js';
import { ANY, INSTANT, NUMBER, STRING, typeName, type RecordType, type StaticType } from './static-type.js';
import type { Syntax, SyntaxOf } from './syntax.js';

type Access = SyntaxOf<'.'> | SyntaxOf<'.?'> | SyntaxOf<'[]'> | SyntaxOf<'[?]'>;

/** Compiles `a.b`, `a.?b`, `a[b]` and `a[?b]`. */
export function compileAccess(node: Access, scope: Scope): Piece {
  const step = stepName(node, scope);
  if (step !== undefined) refuseApart(node, 'steps', scope);
  if (step !== undefined) return compileStep(node, step, scope);
  const fact = factName(node, scope);
  if (fact !== undefined) refuseApart(node, 'facts', scope);
  if (fact !== undefined && (node.op === '.' || node.op === '.?')) return compileFact(node, fact, scope);
  const left = scope.compile(node.args[0], scope);
  if (left.type.kind === 'steps') refuse(node, 'a block is named in full: steps.<block>');
  const found = node.op === '.' || node.op === '.?' ? field(node, left) : item(node, left, scope);
  if (found.type.kind === 'optional')
    return {
      type: found.type,
      run: (values, locals) => found.optional(values, locals) ?? undefined,
      isPlain: left.isPlain,
    };
  const isOptional = node.op === '.?' || node.op === '[?]' || left.type.kind === 'optional';
  const run = isOptional ? found.optional : found.required;
  const piece = lifted(found.type, run, left.isPlain);
  return isOptional ? { ...piece, type: { kind: 'optional', of: piece.type } } : piece;
}

/** The block that `steps.x`, `steps.?x` or `steps['x']` names, if the node is one of them. */
export function stepName(node: Syntax, scope: Scope): string | undefined {
  if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') return undefined;
  const [left, right] = node.args;
  if (left.op !== 'id' || left.args !== 'steps' || scope.locals.has('steps')) return undefined;
  if (typeof right === 'string') return right;
  return right.op === 'value' && typeof right.args === 'string' ? right.args : undefined;
}

function compileStep(node: Access, name: string, scope: Scope): Piece {
  const step = scope.place.steps.get(name);
  if (step === undefined) return refuse(node, unknownStep(name, scope));
  const type = resultType(name, step);
  const key = step.key ?? name;
  if (node.op === '.?' || node.op === '[?]') {
    return { type: { kind: 'optional', of: type }, run: ({ steps }) => ran(steps, key), isPlain: true };
  }
  if (!step.isSure && !scope.proven.has(name)) {
    refuse(
      node,
      `block "${name}" may not have run here; write steps.?${name}. … .orValue(<default>), or ask has(steps.${name}) first`,
    );
  }
  return { type, run: (values) => ran(values.steps, key) ?? missing(name), isPlain: true };
}

/**
 * The result of a block that ran. One that was skipped left a result too, but to a reader it is not there, unless somebody
 * said what stands in for its output.
 */
function ran(steps: Values['steps'], name: string): BlockResult | undefined {
  const result = Object.hasOwn(steps, name) ? steps[name] : undefined;
  return result?.outcome === 'skipped' && result.output === null ? undefined : result;
}

function unknownStep(name: string, scope: Scope): string {
  const loop = scope.place.loops?.get(name);
  if (loop !== undefined)
    return `block "${name}" stands inside "${loop}", once for each time, and is known only there; read steps.${loop}.output`;
  if (scope.place.blocks.has(name))
    return `block "${name}" does not stand before this place, so its result is not known here`;
  return `there is no block "${name}".${suggestion(name, [...scope.place.steps.keys()])}`;
}

function resultType(name: string, { output, more }: VisibleStep): RecordType {
  const common = {
    output,
    outcome: STRING,
    attempts: NUMBER,
    startedAt: INSTANT,
    endedAt: INSTANT,
  } satisfies Record<
    Exclude<keyof BlockResult, 'case' | 'completeness' | 'decision' | 'missing'>,
    StaticType
  >;
  return { kind: 'record', open: false, title: `\`steps.${name}\``, fields: { ...common, ...more } };
}

interface Found {
  readonly type: StaticType;
  readonly required: Run;
  readonly optional: Run;
}

function field(node: SyntaxOf<'.'> | SyntaxOf<'.?'>, left: Piece): Found {
  const name = node.args[1];
  const { run } = left;
  return {
    type: fieldType(node, name, left.type.kind === 'optional' ? left.type.of : left.type),
    required: isNullable(left.type, name)
      ? (values, locals) => own(run(values, locals), name) ?? null
      : (values, locals) => own(run(values, locals), name) ?? nullOr(run(values, locals), name),
    optional: (values, locals) => own(run(values, locals), name),
  };
}

function isNullable(type: StaticType, name: string): boolean {
  return type.kind === 'record' && type.nullable?.includes(name) === true;
}

function fieldType(node: Syntax, name: string, type: StaticType): StaticType {
  const found = formOfField(node, name, type);
  return type.kind === 'refused' ? found : withClasses(found, type.classes ?? []);
}

function formOfField(node: Syntax, name: string, type: StaticType): StaticType {
  if (type.kind === 'any') return ANY;
  if (type.kind !== 'record') return refuse(node, `${typeName(type)} has no field "${name}"`);
  if (Object.hasOwn(type.fields, name)) {
    const known = type.fields[name]!;
    return known.kind === 'refused' ? refuse(node, known.why) : known;
  }
  if (type.open) return type.rest ?? ANY;
  return refuse(node, `${type.title} has no field "${name}".${suggestion(name, Object.keys(type.fields))}`);
}

function item(node: SyntaxOf<'[]'> | SyntaxOf<'[?]'>, left: Piece, scope: Scope): Found {
  const index = compileRequired(node.args[1], scope);
  const container = left.type.kind === 'optional' ? left.type.of : left.type;
  const { run } = left;
  return {
    type: itemType(node, container, index.type),
    required: (values, locals) => {
      const key = index.run(values, locals);
      return at(run(values, locals), key) ?? nullAt(run(values, locals), key);
    },
    optional: (values, locals) => at(run(values, locals), index.run(values, locals)),
  };
}

function itemType(node: Access, container: StaticType, index: StaticType): StaticType {
  const wanted = container.kind === 'list' ? 'number' : 'string';
  if (!['any', 'list', 'record'].includes(container.kind))
    refuse(node, `${typeName(container)} has no items`);
  if (container.kind !== 'any' && index.kind !== 'any' && index.kind !== wanted) {
    refuse(
      node,
      `${typeName(container)} is indexed by ${wanted === 'number' ? 'a number' : 'a text'}, not by ${typeName(index)}`,
    );
  }
  const key = node.args[1];
  if (
    container.kind === 'record' &&
    typeof key !== 'string' &&
    key.op === 'value' &&
    typeof key.args === 'string'
  ) {
    return fieldType(node, key.args, container);
  }
  if (container.kind === 'list') return withClasses(container.of, container.classes ?? []);
  const isMap = container.kind === 'record' && Object.keys(container.fields).length === 0;
  return withClasses((isMap ? container.rest : undefined) ?? ANY, classesOf(container));
}

/** The own field of a map; nothing else is ever read, so prototypes stay out of reach. */
export function own(container: unknown, name: string): unknown {
  if (typeof container !== 'object' || container === null) return undefined;
  return Object.hasOwn(container, name) ? (container as Readonly<Record<string, unknown>>)[name] : undefined;
}

function at(container: unknown, key: unknown): unknown {
  if (Array.isArray(container))
    return typeof key === 'number' && Number.isInteger(key) ? container[key] : undefined;
  return typeof key === 'string' ? own(container, key) : undefined;
}

function nullOr(container: unknown, name: string): null {
  if (own(container, name) === null) return null;
  return missing(name, container);
}

function nullAt(container: unknown, key: unknown): null {
  if (at(container, key) === null) return null;
  return missing(String(key), container);
}

function missing(name: string, container: unknown = {}): never {
  const where =
    typeof container === 'object' && container !== null
      ? ''
      : `, because it is read from ${shown(container)}`;
  throw new ExpressionError(`there is no "${name}"${where}`);
}
