import { isOpenAt } from '../beside/calendar.js';
import { at, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';
import type { SilenceCase } from '../node.js';
import type { Expression } from '../scope-values.js';
import { conditionExpression } from './expressions.js';
import { nameOf, type Namespaces } from './namespaces.js';
import type { PeopleOf } from './people.js';
import { timeoutPlace } from './places.js';
import { complainOf, ownIn } from './sharing.js';

/** A case that leaves the time after an `accepted` to others where it does not say it. */
export type TimeoutCase = Omit<SilenceCase, 'acceptedMs'> & { readonly acceptedMs?: number };

/** Finds what a time-out policy means, by where the namespace writes it. */
export type TimeoutPolicies = (policy: Cursor) => readonly TimeoutCase[];

/** Compiles the time-out policies of all namespaces, whether anybody names them or not. */
export function readTimeoutPolicies(
  namespaces: Namespaces,
  people: PeopleOf,
  log: ProblemLog,
): TimeoutPolicies {
  const compiled = new Map(
    namespaces.all.flatMap((namespace) =>
      ownIn(namespace, 'timeout').map(([name, policy]) => {
        checkOrder(name, policy, log);
        return [keyOf(policy), itemsOf(policy).map((each) => compileCase(each, namespaces, people, log))];
      }),
    ),
  );
  return (policy) => compiled.get(keyOf(policy)) ?? [];
}

function keyOf({ document, path }: Cursor): string {
  return `${nameOf(rootOf(document))} ${String(path.at(-1))}`;
}

/** Something always holds, and nothing stands behind it. */
function checkOrder(name: string, policy: Cursor, log: ProblemLog): void {
  const entries = itemsOf(policy);
  const last = entries.at(-1);
  if (last === undefined)
    return log.error(
      policy,
      `Time-out policy "${name}" has no entry. Write at least \`- { after: 30s, because: … }\`.`,
    );
  if (isConditional(last))
    log.error(
      last,
      `No entry of time-out policy "${name}" holds always, so how long it waits is not said. Add one to the end without \`if\` and \`during\`: \`- { after: 30s, because: … }\`.`,
    );
  const always = entries.findIndex((entry) => !isConditional(entry));
  if (always >= 0 && always < entries.length - 1)
    log.error(
      entries[always]!,
      'This entry holds always, so what stands behind it never counts. Give it `if` or `during`, or move it to the end.',
    );
}

function isConditional(entry: Cursor): boolean {
  return at(entry, 'if') !== undefined || at(entry, 'during') !== undefined;
}

function compileCase(entry: Cursor, namespaces: Namespaces, people: PeopleOf, log: ProblemLog): TimeoutCase {
  const holds = both(duringOf(entry, namespaces, people, log), conditionOf(entry, log));
  const accepted = textAt(entry, 'accepted');
  return {
    afterMs: durationMs(textAt(entry, 'after')!)!,
    because: textAt(entry, 'because')!,
    ...(accepted !== undefined && { acceptedMs: durationMs(accepted)! }),
    ...(holds !== undefined && { holds }),
  };
}

function conditionOf(entry: Cursor, log: ProblemLog): Expression<boolean> | undefined {
  const condition = at(entry, 'if');
  return condition && conditionExpression(condition, timeoutPlace(), log);
}

function duringOf(
  entry: Cursor,
  namespaces: Namespaces,
  people: PeopleOf,
  log: ProblemLog,
): Expression<boolean> | undefined {
  const during = at(entry, 'during');
  if (during === undefined) return undefined;
  const name = String(during.value);
  const calendar = people(entry.document).calendars.get(name);
  if (calendar === undefined) {
    const message = (hint: string) => `The namespace has no calendar "${name}".${hint}`;
    complainOf('calendars', during, namespaces, log, message);
    return () => false;
  }
  return ({ now }) => isOpenAt(now, calendar);
}

function both(
  first: Expression<boolean> | undefined,
  second: Expression<boolean> | undefined,
): Expression<boolean> | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return (values) => first(values) && second(values);
}
