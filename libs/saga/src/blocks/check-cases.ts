import { at, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';

/** Complains about a list of cases that has none, for which there is advice, or one of a name twice. */
export function checkCases(cases: Cursor | undefined, advice: string, log: ProblemLog): void {
  if (cases === undefined) return;
  const names = new Set<string>();
  const items = itemsOf(cases);
  if (items.length === 0) log.error(cases, `There is no case. ${advice}`);
  for (const each of items) {
    const name = textAt(each, 'case')!;
    if (names.has(name))
      log.error(at(each, 'case')!, `Case "${name}" stands here twice. Give one of them another name.`);
    names.add(name);
  }
}
