import type { Asked } from '../beside/task.js';
import { at, itemsOf, type Cursor } from '../document/cursor.js';
import { ExpressionError } from '../expression/expression-error.js';
import type { Place } from '../expression/place.js';
import type { Json } from '../json.js';
import type { Values } from '../scope-values.js';
import type { BlockCompiler } from './block-compiler.js';
import { complainOf, keeperOf } from './sharing.js';

/** Whom a task is put to, as far as it is known before anything runs. */
export interface CompiledAsked {
  readonly evaluate: (values: Values) => Asked;
  /** The least authority; absent where an expression gives it. */
  readonly authority?: number;
  /** The authority of the role; absent without a role, or where nobody knows it. */
  readonly ofRole?: number;
  readonly role?: string;
}

/** Compiles a `to`. */
export function compileAsked(to: Cursor, place: Place, compiler: BlockCompiler): CompiledAsked {
  const role = at(to, 'role');
  const candidates = at(to, 'candidates');
  if (role === undefined && candidates === undefined)
    compiler.log.error(to, '`to` asks nobody. Write `to: { role: <role> }`, or name `candidates`.');
  const name = role === undefined ? undefined : String(role.value);
  const ofRole = role === undefined ? undefined : authorityOf(role, compiler);
  const written = at(to, 'authority');
  const fixed = written === undefined ? (ofRole ?? 0) : written.value;
  const dynamic =
    typeof fixed === 'number' || written === undefined
      ? undefined
      : compiler.template(written, place).evaluate;
  const persons = candidates === undefined ? undefined : compilePersons(candidates, place, compiler);
  if (written !== undefined && compiler.people(to.document).roles.size === 0)
    compiler.log.error(
      written,
      'An authority is compared with that of roles, and the namespace names none. Write `roles: { <role>: { authority: 1 } }` there.',
    );
  return {
    evaluate: (values) => ({
      ...(name === undefined ? {} : { role: name }),
      ...(persons === undefined ? {} : { candidates: persons(values) }),
      authority: dynamic === undefined ? Number(fixed) : numberOf(dynamic(values)),
    }),
    ...(dynamic === undefined ? { authority: Number(fixed) } : {}),
    ...(ofRole === undefined ? {} : { ofRole }),
    ...(name === undefined ? {} : { role: name }),
  };
}

/** Persons by name: a list, or an expression that gives one. */
export function compilePersons(
  cursor: Cursor,
  place: Place,
  compiler: Pick<BlockCompiler, 'template'>,
): (values: Values) => readonly string[] {
  const { evaluate } = compiler.template(cursor, place);
  return (values) => personsOf(evaluate(values));
}

/** Complains when an escalation leads to people who could not decide what the first ones could. */
export function checkAuthority(
  escalation: CompiledAsked,
  first: CompiledAsked,
  cursor: Cursor,
  { log }: Pick<BlockCompiler, 'log'>,
): void {
  const needed = first.authority;
  if (needed === undefined) return;
  const own = Math.max(escalation.authority ?? 0, escalation.ofRole ?? 0);
  if (escalation.ofRole !== undefined && own < needed)
    log.error(
      cursor,
      `"${escalation.role}" has authority ${own}, and the task was put to people with authority ${needed}. Escalate to people of the same authority or a higher one.`,
    );
}

/** Complains about what may start a saga and is not there: a person in a role, the end of another saga. */
export function checkStarters(saga: Cursor, compiler: BlockCompiler): void {
  for (const trigger of itemsOf(at(saga, 'triggers'))) {
    const role = at(trigger, 'person');
    if (role !== undefined) authorityOf(role, compiler);
    const other = at(trigger, 'saga');
    if (other !== undefined) compiler.sagaAt(other, 'it starts nothing until there is one');
  }
}

function authorityOf(role: Cursor, { people, inheritance, log }: BlockCompiler): number | undefined {
  const name = String(role.value);
  const { namespaces } = inheritance;
  const { roles, isOpen } = people(role.document);
  const authority = roles.get(name);
  if (authority === undefined && (!isOpen || keeperOf('roles', role, namespaces) !== undefined))
    complainOf('roles', role, namespaces, log, (hint) => `The namespace has no role "${name}".${hint}`);
  return authority;
}

function numberOf(value: Json): number {
  if (typeof value === 'number') return value;
  throw new ExpressionError('an authority is a number, and this is none');
}

function personsOf(value: Json): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return list.map((person) => {
    if (typeof person === 'string') return person;
    throw new ExpressionError('a person is named by a text, and this is none');
  });
}

/** The escalations of a task, each with the cursor it stands at. */
export function escalationsOf(
  list: Cursor | undefined,
): readonly { readonly to: Cursor; readonly after: Cursor }[] {
  return itemsOf(list).map((each) => ({ to: at(each, 'to')!, after: at(each, 'after')! }));
}
