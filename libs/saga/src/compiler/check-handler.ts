import { at, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Handler } from '../node.js';
import type { Compiled, Flow } from './flow.js';

/** What is known of a handler when it is checked. */
export interface HandlerFacts {
  readonly error: string;
  /** The handler in its long form. */
  readonly cursor: Cursor;
  readonly then: Handler['then'];
  /** Where the error comes from. */
  readonly entry: Flow;
  /** Its `do`. */
  readonly done: Compiled;
  /** Does the block hold steps that could be undone? */
  readonly holdsUndoable: boolean;
}

/** Complains about keys of a handler that do not go together, or that leave open what is undone. */
export function checkHandler(facts: HandlerFacts, log: ProblemLog): void {
  checkKeys(facts, log);
  checkUndoIsSaid(facts, log);
  checkPivotSide(facts, log);
}

function checkKeys({ cursor, then, done }: HandlerFacts, log: ProblemLog): void {
  const [undo, times, output] = [at(cursor, 'undo'), at(cursor, 'times'), at(cursor, 'output')];
  const isOver = done.after === undefined;
  if (undo !== undefined && !goesOn(then)) {
    log.errorAtKey(
      undo,
      `\`undo\` goes with continue, retry and end: \`then: ${then}\` decides by itself what is undone. Leave it out.`,
    );
  }
  if (times !== undefined && then !== 'retry') {
    log.errorAtKey(
      times,
      '`times` says how often `then: retry` begins again. Leave it out, or write `then: retry`.',
    );
  }
  if (output !== undefined && (then !== 'continue' || isOver)) {
    log.errorAtKey(
      output,
      '`output` stands in for the output of a block that goes on, and this one does not. Leave it out.',
    );
  }
  if (isOver && at(cursor, 'then') !== undefined) {
    log.errorAtKey(
      at(cursor, 'then')!,
      '`then` is never reached: the `do` before it ends or raises. Leave it out.',
    );
  }
}

function checkUndoIsSaid({ cursor, then, holdsUndoable, error, done }: HandlerFacts, log: ProblemLog): void {
  if (!holdsUndoable || !goesOn(then) || at(cursor, 'undo') !== undefined || raisesAtTheEnd(done)) return;
  const way = done.after === undefined ? 'end' : then;
  log.errorAtKey(
    cursor,
    `Say what happens to what was done inside before "${error}": \`undo: true\` undoes it before the handler runs, \`undo: false\` keeps it. It has to be said with ${way}.`,
  );
}

function checkPivotSide({ cursor, then, entry, error }: HandlerFacts, log: ProblemLog): void {
  if (entry.pivot !== 'behind') return;
  const cause =
    entry.undoing === undefined
      ? `"${error}" comes from behind the pivot, where nothing is undone any more.`
      : `"${error}" comes from blocks that undo something, and nothing of them is undone.`;
  if (then === 'compensate')
    log.error(at(cursor, 'then')!, `${cause} Write \`then: incident\`, or handle it and go on.`);
  if (at(cursor, 'undo')?.value === true)
    log.errorAtKey(at(cursor, 'undo')!, `${cause} Write \`undo: false\`.`);
}

function goesOn(then: Handler['then']): boolean {
  return then === 'continue' || then === 'retry';
}

/** A handler that passes the error on, as another one, leaves to the outside what is undone. */
function raisesAtTheEnd({ node }: Compiled): boolean {
  const last = node.kind === 'seq' ? node.children.at(-1) : undefined;
  return last?.kind === 'raise' && last.signal.kind !== 'end';
}
