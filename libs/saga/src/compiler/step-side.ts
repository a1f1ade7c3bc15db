import type { BlockSource } from '../blocks/block.js';
import { at } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { CommandContract } from './contracts.js';
import type { Flow } from './flow.js';

/**
 * A step whose command has an effect says how it is undone, or that it is the pivot, or it stands behind the
 * pivot, where nothing is undone any more. Which of the three holds is never guessed.
 */
export function checkStepSide(
  source: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  log: ProblemLog,
): { readonly isPivot: boolean } {
  const isPivot = at(source.cursor, 'pivot')?.value === true;
  if (command?.hasEffect === false) {
    checkQuery(source, command, log);
    return { isPivot: false };
  }
  if (isPivot) checkPivot(source, flow, log);
  else checkUndo(source, flow, command, log);
  return { isPivot };
}

function checkQuery({ cursor }: BlockSource, { call }: CommandContract, log: ProblemLog): void {
  for (const key of ['compensate', 'pivot']) {
    const said = at(cursor, key);
    if (said === undefined || said.value === false) continue;
    log.errorAtKey(
      said,
      `"${call}" has no effect by its contract, so there is nothing to undo and no point of no return. Leave this out.`,
    );
  }
}

function checkUndo(
  { cursor, name }: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  log: ProblemLog,
): void {
  const compensate = at(cursor, 'compensate');
  const head = at(cursor, 'step')!;
  if (compensate !== undefined) {
    if (flow.pivot !== 'behind') return;
    if (flow.undoing !== undefined) {
      log.errorAtKey(
        compensate,
        `Step "${name}" undoes something itself, so it is not undone. Leave \`compensate\` out.`,
      );
      return;
    }
    log.errorAtKey(
      compensate,
      `Step "${name}" stands behind the pivot, where nothing is undone any more. Leave \`compensate\` out; the step is repeated until it succeeds.`,
    );
  } else if (flow.pivot === 'before') {
    log.error(head, `Step "${name}" does not say how it is undone. ${advice(command)}`);
  } else if (flow.pivot === 'either') {
    log.error(
      head,
      `Step "${name}" may stand on either side of the pivot: it needs a \`compensate\` for the one and handlers for its errors for the other.`,
    );
  }
}

function advice(command: CommandContract | undefined): string {
  const undo = command?.undoneBy ?? '<command>';
  return `Write \`compensate: ${undo}\`, or \`compensate: { none: <why> }\`, or \`pivot: true\` if everything behind it only goes forward.`;
}

function checkPivot({ cursor, name }: BlockSource, flow: Flow, log: ProblemLog): void {
  const pivot = at(cursor, 'pivot')!;
  const compensate = at(cursor, 'compensate');
  if (compensate !== undefined) {
    log.errorAtKey(
      compensate,
      `Step "${name}" is the pivot, so it is never undone. Say \`compensate\` or \`pivot: true\`, not both.`,
    );
  }
  if (flow.undoing !== undefined) {
    log.errorAtKey(
      pivot,
      `Step "${name}" undoes something: nothing goes forward from here. Leave \`pivot\` out.`,
    );
  } else if (flow.noPivotIn !== undefined) {
    log.errorAtKey(pivot, `No pivot can stand inside ${flow.noPivotIn}. Move step "${name}" behind it.`);
  } else if (flow.pivot !== 'before') {
    const where =
      flow.pivot === 'behind' ? 'stands behind the pivot already' : 'may stand behind the pivot already';
    log.errorAtKey(
      pivot,
      `Step "${name}" ${where}; at most one pivot can succeed on a path. Leave \`pivot\` out.`,
    );
  }
}
