import type { SagaStatus } from '../src/effect.js';
import { operationParts, type OperationName } from '../src/operation-name.js';
import { countsAttempts } from './attempt-law.js';
import { believesNobody } from './doubt-law.js';
import { joins, leavesNothingBehind } from './join-law.js';
import { ledgerAgrees, pastPivot } from './ledger-law.js';
import { leavesNothingOutside, undoesUnderLocks } from './outside-law.js';
import { areParallel, blockOf, commandOf, isRepeatable, nameOf, pathTo, placeOf } from './program-paths.js';
import { isFinal, lastOf, opensOf } from './run-reading.js';
import type { Run } from './simulated-run.js';

type Law = (run: Run) => readonly string[];

/** What must hold of every run, whatever its program and its world. Each law says what breaks it. */
const laws = {
  'a saga comes to an end or to an incident': ({ isAtRest, turns }) => {
    const { status, incidents } = lastOf(turns).after;
    if (!isAtRest) return ['it never comes to rest'];
    return isFinal(status) || Object.keys(incidents).length > 0 ? [] : [`it rests while ${status}`];
  },

  'nothing waits without a clock': ({ turns }) =>
    turns.flatMap(({ after, input }) => {
      const isWaiting = !isFinal(after.status) && Object.keys(after.incidents).length === 0;
      // Locks and other sagas answer in the end, also that they have undone what they did.
      const isTold =
        after.operations.some(({ undo }) => undo?.state === 'running') ||
        Object.values(after.frames).some(({ kind }) => kind === 'wait');
      return isWaiting && !isTold && after.timers.length === 0 ? [`no clock after ${input.kind}`] : [];
    }),

  'statuses follow each other legally': ({ turns }) =>
    turns.flatMap(({ before, after }) => {
      const from = before?.status ?? 'running';
      return successors[from].includes(after.status) ? [] : [`${from} became ${after.status}`];
    }),

  'a saga finishes once, and as it says': ({ turns }) => {
    const finishes = turns.flatMap(({ effects }) => effects.filter((effect) => effect.kind === 'finish'));
    const { status } = lastOf(turns).after;
    const said = finishes.map((finish) => finish.status);
    return JSON.stringify(said) === JSON.stringify(isFinal(status) ? [status] : [])
      ? []
      : [`${status} after finishing as [${said.join()}]`];
  },

  'an answer that comes again changes nothing': ({ turns }) =>
    turns.flatMap((turn, index) => {
      const { input } = turn;
      if (input.kind !== 'answer' || turns[index - 1]?.input !== input || turn.after === turn.before)
        return [];
      // Asked again meanwhile, in the same words, the participant may well have given the same answer again.
      const isAskedAgain = turns[index - 1]!.effects.some(
        (effect) => effect.kind === 'open' && effect.operation === input.operation,
      );
      return isAskedAgain ? [] : [`${input.operation} ${input.outcome} again`];
    }),

  'only what was sent is undone': ({ turns }) => {
    const sent = new Set<OperationName>();
    return opensOf(turns).flatMap(({ open }) => {
      sent.add(open.operation);
      return open.compensates === undefined || sent.has(open.compensates)
        ? []
        : [`${open.compensates} was never sent`];
    });
  },

  'one id is one message': ({ turns }) => {
    const said = new Map<string, string>();
    return opensOf(turns).flatMap(({ open }) => {
      const { deadline: _, isRepeat: __, ...content } = open;
      const id = `${open.operation}#${open.attempt}`;
      const text = JSON.stringify(content);
      const before = said.get(id) ?? text;
      said.set(id, text);
      return before === text ? [] : [`${id} said ${before}, then ${text}`];
    });
  },

  'a new attempt follows a definite failure': countsAttempts,

  'nobody is believed without proof': believesNobody,

  'a new round follows a settled one': ({ program, turns }) =>
    opensOf(turns).flatMap(({ open, turn }) => {
      if (open.direction !== 'do' || commandOf(program, open.block)?.effect === false) return [];
      const { round } = operationParts(open.operation)!;
      const place = placeOf(open.operation);
      const earlier = turn.after.operations.filter(
        (operation) => nameOf(operation).startsWith(`${place}/`) && operation.round < round,
      );
      // A handler may do its part every time it is used, a loop begins again as a whole, and what nothing undoes is done
      // again after a savepoint.
      const isOnce = commandOf(program, open.block)?.undo !== undefined && !isRepeatable(program, open.block);
      const unsettled = earlier.filter(
        ({ standing }) => standing === 'asked' || (standing === 'done' && isOnce),
      );
      return unsettled.map(
        (operation) => `${open.operation} is sent while ${nameOf(operation)} is ${operation.standing}`,
      );
    }),

  'undo runs in reverse order': ({ program, turns }) =>
    opensOf(turns).flatMap(({ open, turn }) => {
      if (
        open.direction !== 'undo' ||
        turn.before?.operations.some(
          ({ undo, at, round }) => undo !== undefined && open.compensates === nameOf({ at, round }),
        )
      )
        return [];
      const { operations } = turn.after;
      const index = operations.findIndex((operation) => nameOf(operation) === open.compensates);
      const later = operations
        .slice(index + 1)
        .filter(({ standing }) => standing === 'suspect' || standing === 'revoked');
      // Two clocks may fire in one turn: what was given up after this undo was sent was still wanted then.
      const since = turn.effects.slice(turn.effects.indexOf(open));
      const isGivenUpSince = (name: OperationName): boolean =>
        since.some((effect) => effect.kind === 'settled' && effect.operation === name);
      const late = later.filter(
        (operation) =>
          !areParallel(program, nameOf(operation), open.compensates!) && !isGivenUpSince(nameOf(operation)),
      );
      return late.map((operation) => `${open.compensates} is undone before ${nameOf(operation)}`);
    }),

  'an undo stays inside its scope': ({ program, turns }) =>
    turns.flatMap(({ before, after }) => {
      if (before === undefined || after.status !== 'running') return [];
      const revoked = after.operations.filter(
        (operation, index) =>
          operation.standing === 'revoked' && before.operations[index]?.standing === 'done',
      );
      const undoing = [before, after].flatMap(({ frames }) =>
        Object.entries(frames).flatMap(([key, frame]) =>
          frame.kind === 'scope' && frame.mode === 'undoing' ? [key] : [],
        ),
      );
      // Two clocks may fire at once: a scope that begins to undo may be left in the same turn.
      const left = Object.keys(before.frames).filter((key) => !(key in after.frames));
      // A join that has decided undoes what the legs did that it goes on without.
      const decided = Object.keys(after.frames).filter(
        (key) => after.frames[key]!.kind === 'par' && after.frames[key] !== before.frames[key],
      );
      const scopes = [...undoing, ...left, ...decided].map((key) => key.split('@')[0]!);
      const outside = revoked.filter(
        (operation) => !pathTo(program, blockOf(operation)).some((id) => scopes.includes(id)),
      );
      return outside.map((operation) => `${nameOf(operation)} is undone, and no scope around it is`);
    }),

  'nothing done before a pivot that took effect is undone': pastPivot,

  'a join waits for every leg': joins,

  'what a join goes on without is undone': leavesNothingBehind,

  'a final saga has settled every operation': ({ turns }) => {
    const final = turns.find(({ after }) => isFinal(after.status))?.after;
    const open =
      final?.operations.filter(
        ({ standing }) => standing === 'asked' || standing === 'suspect' || standing === 'revoked',
      ) ?? [];
    return open.map((operation) => `${nameOf(operation)} is ${operation.standing} at the end`);
  },

  'the ledger agrees with the outcome': ledgerAgrees,

  'nothing is left outside of what was undone': leavesNothingOutside,

  'what stands under a lock is undone under it': undoesUnderLocks,
} satisfies Readonly<Record<string, Law>>;

/** How a law is called. */
export type LawName = keyof typeof laws;

/** Everything that a run breaks, in words; empty when it is as it should be. */
export function brokenLaws(run: Run): readonly string[] {
  return Object.entries(laws).flatMap(([name, law]) =>
    law(run)
      .slice(0, 1)
      .map((how) => `${name}: ${how}`),
  );
}

const successors: Readonly<Record<SagaStatus, readonly SagaStatus[]>> = {
  running: ['running', 'compensating', 'completed', 'compensated', 'cancelled'],
  // A late success withdraws the plan; it may be all that was missing.
  compensating: ['compensating', 'running', 'completed', 'compensated', 'cancelled'],
  completed: ['completed'],
  compensated: ['compensated'],
  cancelled: ['cancelled'],
};
