import type { Operation } from '../src/engine/engine-state.js';
import type { Program } from '../src/program.js';
import type { OperationName } from '../src/operation-name.js';
import { areParallel, blockIn, nameOf, nodeAt } from './program-paths.js';
import { lastOf } from './run-reading.js';
import type { Run } from './simulated-run.js';

/** In a saga that was undone no lock is held, and nothing stands that another saga did for it. */
export function leavesNothingOutside({ program, turns, outsiders }: Run): readonly string[] {
  const { status, operations } = lastOf(turns).after;
  if (status !== 'compensated' && status !== 'cancelled') return [];
  const byHand = new Set(
    turns.flatMap(({ input }) =>
      input.kind === 'action' && input.action.kind === 'skip' ? [input.action.block] : [],
    ),
  );
  const mustGo = (name: OperationName): boolean => mayGo(program, name) && !byHand.has(blockIn(name));
  const done = new Set(operations.map(waitName));
  const held = [...outsiders.granted].filter((name) => done.has(name) && !outsiders.released.has(name));
  const standing = [...outsiders.completed].filter((name) => !outsiders.undone.has(name));
  return [
    ...held.filter(mustGo).map((name) => `${name} is held in a saga that is over`),
    ...standing.filter(mustGo).map((name) => `${name} stands in a saga that is ${status}`),
  ];
}

/** What stands under a lock is undone before it is given back. */
export function undoesUnderLocks({ program, turns }: Run): readonly string[] {
  return turns.flatMap(({ effects, after }) =>
    effects.flatMap((effect) => {
      if (effect.kind !== 'release' || effect.channel !== 'lock' || effect.reason !== 'undo') return [];
      const index = after.operations.findIndex((operation) => waitName(operation) === effect.id);
      const lock = after.operations[index];
      if (lock === undefined) return [];
      return after.operations
        .slice(index + 1)
        .filter(({ standing }) => standing === 'suspect' || standing === 'revoked')
        .filter((operation) => !areParallel(program, nameOf(operation), nameOf(lock)))
        .map((operation) => `${effect.id} is given back before ${nameOf(operation)} is undone`);
    }),
  );
}

/** What an operation was asked for under. */
function waitName(operation: Operation): OperationName {
  return `${nameOf(operation).slice(0, -'do'.length)}wait`;
}

function mayGo(program: Program, name: OperationName): boolean {
  const node = nodeAt(program, blockIn(name));
  return (
    node.kind === 'ask' && (node.channel === 'lock' || node.channel === 'saga') && node.undo !== undefined
  );
}
