import { nameOfSaga, type OtherSaga } from '../compiler/other-sagas.js';
import type { Flow } from '../compiler/flow.js';
import { at, longForm } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { BlockSource } from './block.js';

/** How another saga is undone with the one that runs it: it undoes itself, something else does, or it stays. */
export type SagaUndo = 'itself' | 'by-hand' | 'never';

/** Complains where it is not said what becomes of another saga when the one that runs it is undone. */
export function checkSagaSide(
  { cursor, name }: BlockSource,
  flow: Flow,
  other: OtherSaga | undefined,
  log: ProblemLog,
): SagaUndo {
  const compensate = at(cursor, 'compensate');
  const isDetached = at(cursor, 'detached')?.value === true;
  if (flow.pivot === 'behind') {
    if (compensate !== undefined)
      log.errorAtKey(
        compensate,
        flow.undoing === undefined
          ? `Saga block "${name}" stands behind the pivot, where nothing is undone any more. Leave \`compensate\` out.`
          : `Saga block "${name}" undoes something itself, so it is not undone. Leave \`compensate\` out.`,
      );
    return 'never';
  }
  if (compensate !== undefined)
    return at(longForm(compensate, 'call'), 'none') === undefined ? 'by-hand' : 'never';
  if (isDetached)
    log.error(
      at(cursor, 'detached')!,
      `Nobody waits for "${name}", so it is not undone by itself. ${advice}`,
    );
  else if (other?.hasPivot === true)
    log.error(
      at(cursor, 'definition')!,
      `"${nameOfSaga(other)}" has a pivot, so it cannot undo itself once that took effect. ${advice}`,
    );
  return 'itself';
}

const advice =
  'Write `compensate: <command>` or a list of blocks, or `compensate: { none: <why> }`, or move it behind the pivot.';
