import { at, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { checkCases } from './check-cases.js';

const WAYS = ['for', 'until', 'event', 'first'] as const;

/** Complains about keys of a wait that do not go together. */
export function checkWait(block: Cursor, log: ProblemLog): void {
  const ways = WAYS.filter((key) => at(block, key) !== undefined);
  if (ways.length === 0)
    log.error(
      block,
      'A wait needs one of `for: <duration>`, `until: <instant>`, `event: <event>` and `first: <list of cases>`.',
    );
  if (ways.length > 1)
    log.errorAtKey(
      at(block, ways[1]!)!,
      `A wait has one of \`for\`, \`until\`, \`event\` and \`first\`. Keep \`${ways[0]}\` or \`${ways[1]}\`.`,
    );
  if (ways.length !== 1) return;
  checkCorrelation(block, ways[0]!, log);
  checkCases(at(block, 'first'), 'Name the events to wait for, each with its `do`.', log);
  checkDefault(at(block, 'default'), log);
}

function checkCorrelation(block: Cursor, way: (typeof WAYS)[number], log: ProblemLog): void {
  const isTime = way === 'for' || way === 'until';
  for (const key of ['key', 'match', 'early', 'default']) {
    const said = at(block, key);
    if (said === undefined) continue;
    if (isTime)
      log.errorAtKey(said, `A wait for time knows no \`${key}\`. Leave it out, or wait for an \`event\`.`);
    else if (way === 'first' && (key === 'key' || key === 'match'))
      log.errorAtKey(
        said,
        `Each case under \`first\` has a \`${key}\` of its own. Move this one into the cases.`,
      );
  }
}

function checkDefault(fallback: Cursor | undefined, log: ProblemLog): void {
  if (fallback === undefined || at(fallback, 'after') !== undefined || at(fallback, 'events') !== undefined)
    return;
  log.errorAtKey(
    fallback,
    'Say when to go on without the event: `after: <duration>`, `events: <number>`, or both.',
  );
}
