import { blockOf } from '../blocks/registered-blocks.js';
import { at, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { listsIn, outerListsIn } from './block-names.js';
import type { Raised } from './flow.js';
import { RESERVED_NAMES } from './reserved-names.js';

/** A name is used once in a definition, whatever the nesting, because operations and expressions are called by it. */
export function checkNames(saga: Cursor, log: ProblemLog): void {
  const seen = new Set<string>();
  const visit = (list: Cursor | undefined): void => {
    for (const block of itemsOf(list)) {
      const kind = blockOf(block);
      if (kind.isNamed) checkName(at(block, kind.head)!, seen, log);
      listsIn(block).forEach(visit);
    }
  };
  [at(saga, 'steps'), ...outerListsIn(saga)].forEach(visit);
}

function checkName(head: Cursor, seen: Set<string>, log: ProblemLog): void {
  const name = String(head.value);
  if (seen.has(name)) log.error(head, `Another block is called "${name}". Give one of them another name.`);
  if (RESERVED_NAMES.includes(name))
    log.error(head, `"${name}" means something else in expressions. Choose another name.`);
  seen.add(name);
}

/**
 * Behind the pivot nothing can be undone, so a participant that says no there leaves the saga with nothing to
 * do. What it may say is known from its contract and has to be caught, and so has whatever no repetition mends.
 */
export function checkRefusalsBehindPivot(raises: readonly Raised[], log: ProblemLog): void {
  for (const { error, kind, pivot, block, cursor, cause } of raises) {
    if ((kind !== 'business' && cause === undefined) || pivot === 'before') continue;
    const where = pivot === 'behind' ? 'behind the pivot' : 'on either side of the pivot';
    log.error(
      cursor,
      `"${error}"${block === 'saga' ? '' : ` of "${block}"`} is raised ${where}${cause === undefined ? '' : ` ${cause}`}, where it could not be answered by undoing. Handle it with \`catch: { ${error}: … }\`.`,
    );
  }
}
