import { at, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Handler } from '../node.js';
import type { Flow } from './flow.js';

/** What is known of a handler when it is checked. */
export interface HandlerFacts {
  readonly error: string;
  /** The handler in its long form. */
  readonly cursor: Cursor;
  readonly then: Handler['then'];
  /** Where the error comes from. */
  readonly entry: Flow;
  readonly endsIn: 'end' | 'raise' | undefined;
  /** Does the block hold steps that could be undone? */
  readonly holdsUndoable: boolean;
  /** Does its `do` end or raise whatever happens? */
  readonly isOver: boolean;
}

/** Complains about keys of a handler that do not go together, or that leave open what is undone. */
export function checkHandler(facts: HandlerFacts, log: ProblemLog): void {
  const { cursor, then, error, isOver } = facts;
  const goesOn = then === 'continue' || then === 'retry';
  const undo = at(cursor, 'undo');
  if (undo !== undefined && !goesOn)
    log.errorAtKey(
      undo,
      `\`undo\` goes with continue, retry and end: \`then: ${then}\` decides by itself what is undone. Leave it out.`,
    );
  if (at(cursor, 'times') !== undefined && then !== 'retry')
    log.errorAtKey(
      at(cursor, 'times')!,
      '`times` says how often `then: retry` begins again. Leave it out, or write `then: retry`.',
    );
  if (at(cursor, 'output') !== undefined && (then !== 'continue' || isOver)) {
    log.errorAtKey(
      at(cursor, 'output')!,
      '`output` stands in for the output of a block that goes on, and this one does not. Leave it out.',
    );
  }
  if (isOver && at(cursor, 'then') !== undefined)
    log.errorAtKey(
      at(cursor, 'then')!,
      '`then` is never reached: the `do` before it ends or raises. Leave it out.',
    );
  checkUndoSaid(facts, log);
  checkPivotSide(facts, log, error);
}

function checkUndoSaid(
  { cursor, then, holdsUndoable, endsIn, error, isOver }: HandlerFacts,
  log: ProblemLog,
): void {
  const leaves = isOver && endsIn === 'raise';
  if (
    !holdsUndoable ||
    leaves ||
    (then !== 'continue' && then !== 'retry') ||
    at(cursor, 'undo') !== undefined
  )
    return;
  const goesOn = isOver ? 'end' : then;
  log.errorAtKey(
    cursor,
    `Say what happens to what was done inside before "${error}": \`undo: true\` undoes it before the handler runs, \`undo: false\` keeps it. It has to be said with ${goesOn}.`,
  );
}

function checkPivotSide({ cursor, then, entry }: HandlerFacts, log: ProblemLog, error: string): void {
  if (entry.pivot !== 'behind') return;
  if (then === 'compensate')
    log.error(
      at(cursor, 'then')!,
      `"${error}" comes from behind the pivot, where nothing is undone any more. Write \`then: incident\`, or handle it and go on.`,
    );
  if (at(cursor, 'undo')?.value === true)
    log.errorAtKey(
      at(cursor, 'undo')!,
      `"${error}" comes from behind the pivot, where nothing is undone any more. Write \`undo: false\`.`,
    );
}
