import type { KnownValue, Values } from '../scope-values.js';
import { suggestion } from './did-you-mean.js';
import { Duration } from './duration.js';
import { ExpressionError } from './expression-error.js';
import { refuse, type Piece, type Scope } from './piece.js';
import type { VisibleFact } from './place.js';
import { StaleFactError } from './stale-fact-error.js';
import { DURATION, INSTANT } from './static-type.js';
import type { Syntax, SyntaxOf } from './syntax.js';

/** The fact that `facts.x` names, if the node is that. */
export function factName(node: Syntax, scope: Scope): string | undefined {
  if (node.op !== '.' && node.op !== '.?') return undefined;
  const [left, right] = node.args;
  const isFact = left.op === 'id' && left.args === 'facts' && !scope.locals.has('facts');
  return isFact && scope.place.locals?.has('facts') !== true ? right : undefined;
}

/** Compiles `facts.x`: a map with `value`, `asOf` and `age`. */
export function compileFact(node: SyntaxOf<'.'> | SyntaxOf<'.?'>, name: string, scope: Scope): Piece {
  const { facts } = scope.place;
  const fact = facts?.get(name);
  if (fact === undefined)
    return refuse(
      node,
      `there is no fact "${name}" here.${suggestion(name, [...(facts?.keys() ?? [])])} Ask for it at this block or around it: \`requires: { ${name}: { fact: <fact>, key: <expression> } }\``,
    );
  if (node.op === '.?')
    refuse(node, `a fact that is asked for is there, or the error \`stale\` is raised; write facts.${name}`);
  return {
    type: {
      kind: 'record',
      open: false,
      title: `\`facts.${name}\``,
      fields: { value: fact.value, asOf: INSTANT, age: DURATION },
    },
    run: (values) => read(fact, name, values),
    isPlain: false,
  };
}

function read({ key, freshMs }: VisibleFact, name: string, values: Values): unknown {
  const known = values.facts?.[key] ?? (values.steps[key]?.output as unknown as KnownValue | undefined);
  if (known === undefined) throw new ExpressionError(`nothing is known of the fact "${name}" here`);
  values.heed?.(key);
  const age = ageOf(known, values.now);
  if (freshMs !== undefined && age > freshMs)
    throw new StaleFactError(`the fact "${name}" was fresh when it was asked for, and is too old by now`);
  return { value: known.value, asOf: known.asOf, age: new Duration(age) };
}

/** How old a fact may be in truth: the lag of its source counts. */
export function ageOf({ asOf, lagMs }: KnownValue, now: number): number {
  return now - asOf + lagMs;
}
