import type { SagaStatus } from '../src/effect.js';
import type { CommandAsk } from '../src/node.js';
import type { Program } from '../src/program.js';
import type { Operation } from '../src/engine/engine-state.js';
import { blockIn, blockOf, commandOf, nameOf } from './program-paths.js';
import { isFinal, lastOf, opensOf } from './run-reading.js';
import { ledgerOf } from './simulated-participants.js';
import type { Run } from './simulated-run.js';

/** What participants have done and not undone is what the saga's end says. */
export function ledgerAgrees({ program, turns, participants }: Run): readonly string[] {
  const { status, operations, incidents } = lastOf(turns).after;
  if (!isFinal(status)) return [];
  const byHand = new Set(
    turns.flatMap(({ input }) =>
      input.kind === 'action' && input.action.kind === 'skip' ? [input.action.block] : [],
    ),
  );
  const known = new Map(operations.map((operation) => [nameOf(operation), operation]));
  const ledger = ledgerOf(participants);
  const standing = [...ledger].filter(
    (name) =>
      !byHand.has(blockIn(name)) && Object.values(incidents).every(({ block }) => block !== blockIn(name)),
  );
  const surplus = standing.filter((name) =>
    isSurplus(commandOf(program, blockIn(name))!, known.get(name), status),
  );
  const missing = [...known].filter(
    ([name, operation]) => isMissing(program, operation) && !ledger.has(name) && !byHand.has(blockIn(name)),
  );
  return [
    ...surplus.map((name) => `${name} took effect and is not undone in a saga that is ${status}`),
    ...(status === 'completed' ? missing.map(([name]) => `${name} counts as done and is not`) : []),
  ];
}

function isSurplus(
  { undo, pivot }: CommandAsk,
  operation: Operation | undefined,
  status: SagaStatus,
): boolean {
  if (status === 'completed') return undo !== undefined && operation?.standing !== 'done';
  return undo !== undefined || pivot;
}

function isMissing(program: Program, operation: Operation): boolean {
  return operation.standing === 'done' && commandOf(program, blockOf(operation))?.effect === true;
}

/** What had been done when the pivot was sent must stand if the pivot took effect. */
export function pastPivot({ program, turns, participants }: Run): readonly string[] {
  const kept = opensOf(turns).flatMap(({ open, turn }) => {
    const isPivot =
      open.direction === 'do' &&
      commandOf(program, open.block)?.pivot === true &&
      participants.effects.has(open.operation);
    return isPivot
      ? turn.after.operations
          .filter(({ standing }) => standing === 'done')
          .map((operation) => nameOf(operation))
      : [];
  });
  return kept
    .filter((name) => participants.undone.has(name))
    .map((name) => `${name} is undone behind the pivot`);
}
