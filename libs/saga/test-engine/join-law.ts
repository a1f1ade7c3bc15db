import type { SagaInput } from '../src/input.js';
import type { ParNode } from '../src/node.js';
import { operationParts, type OperationName } from '../src/operation-name.js';
import type { Program } from '../src/program.js';
import type { EngineState, Operation } from '../src/engine/engine-state.js';
import {
  areInOneTime,
  blockOf,
  commandOf,
  nameOf,
  nodeAt,
  pathTo,
  placeOf,
  timesAround,
} from './program-paths.js';
import { nodesOf } from './nodes-of.js';
import { lastOf } from './run-reading.js';
import type { Run } from './simulated-run.js';

/** A join is decided only when every leg has settled, unless it is in a hurry; and it goes on only with enough of them. */
export function joins({ program, turns }: Run): readonly string[] {
  const pars = nodesOf(program.root).filter((node) => node.kind === 'par');
  return turns.flatMap(({ input, before, after }) => {
    const joined = pars.filter(
      ({ id }) => after.steps[id] !== before?.steps[id] && after.steps[id]?.outcome === 'succeeded',
    );
    const open = joined.filter(isPatient).flatMap(({ id }) => askedInside(program, after, id));
    const short = joined.flatMap((node) => tooFew(node, after));
    return [...open, ...short, ...interrupted(program, input, before, after)];
  });
}

/** Whether it waits for every leg, whatever the others have come to. */
function isPatient({ join, failFast, rest }: ParNode): boolean {
  return failFast !== true && (join === 'all' || rest === 'finish');
}

/** What legs did that the flow went on without is undone, unless it is to be kept. */
export function leavesNothingBehind({ program, turns }: Run): readonly string[] {
  const { after } = lastOf(turns);
  if (after.status !== 'completed') return [];
  const joined = nodesOf(program.root).filter(
    (node) => node.kind === 'par' && node.rest !== 'finish' && after.steps[node.id] !== undefined,
  ) as readonly ParNode[];
  return joined.flatMap((node) => {
    const { missing = [], outcome } = after.steps[node.id]!;
    const kept = after.operations.filter(
      (operation) =>
        outcome === 'succeeded' &&
        operation.standing === 'done' &&
        commandOf(program, blockOf(operation))?.undo !== undefined &&
        missing.includes(legOf(program, node, nameOf(operation)) ?? ''),
    );
    return kept.map((operation) => `${nameOf(operation)} stands, and ${node.id} went on without it`);
  });
}

/** The leg that an operation was sent from. */
function legOf(program: Program, { id, legs, items }: ParNode, operation: OperationName): string | undefined {
  const { block, iteration } = operationParts(operation)!;
  const path = pathTo(program, block);
  if (!path.includes(id)) return undefined;
  if (items !== undefined) return iteration[timesAround(program, id)];
  return legs.find(({ child }) => child.id === path[path.indexOf(id) + 1])?.name;
}

function tooFew({ id, legs, items, join, tolerate }: ParNode, { steps }: EngineState): readonly string[] {
  const { completeness = 1, missing = [] } = steps[id]!;
  const count = items === undefined ? legs.length : Math.round(missing.length / (1 - completeness));
  const needed = join === 'all' ? count - Number(tolerate ?? 0) : join === 'any' ? 1 : join;
  const done = count - missing.length;
  return missing.length > 0 && done < needed ? [`${id} goes on with ${done} of ${needed}`] : [];
}

/** An error that leaves a leg while another leg waits for something else. */
function interrupted(
  program: Program,
  input: SagaInput,
  before: EngineState | undefined,
  after: EngineState,
): readonly string[] {
  const { failure } = after;
  if (
    before === undefined ||
    failure === undefined ||
    before.failure !== undefined ||
    input.kind !== 'answer'
  )
    return [];
  const pars = pathTo(program, failure.step).filter((id) => nodeAt(program, id).kind === 'par');
  const waiting = before.operations.filter(
    (operation) =>
      isListening(before, operation) && !input.operation.startsWith(`${placeOf(nameOf(operation))}/`),
  );
  return pars.flatMap((par) => {
    const others = waiting.filter(
      (operation) =>
        isWaitedFor(program, operation, par) &&
        areInOneTime(program, par, nameOf(operation), input.operation),
    );
    return others
      .filter((operation) => nameOf(operation) !== input.operation)
      .map((operation) => `${nameOf(operation)} still waits in ${par}`);
  });
}

/** No join between them, and not `par` itself, is in a hurry. */
function isWaitedFor(program: Program, operation: Operation, par: string): boolean {
  const path = pathTo(program, blockOf(operation));
  const inside = path.includes(par) ? path.slice(path.indexOf(par)) : [];
  const joins = inside.map((id) => nodeAt(program, id)).filter((node) => node.kind === 'par');
  return joins.length > 0 && joins.every(isPatient);
}

function askedInside(program: Program, state: EngineState, par: string): readonly string[] {
  const { endedAt } = state.steps[par]!;
  const asked = state.operations.filter(
    (operation) =>
      isListening(state, operation) &&
      operation.do!.startedAt < endedAt &&
      pathTo(program, blockOf(operation)).includes(par),
  );
  return asked.map((operation) => `${nameOf(operation)} is still asked behind ${par}`);
}

function isListening(state: EngineState, operation: Operation): boolean {
  const place = `${placeOf(nameOf(operation))}/`;
  return (
    operation.standing === 'asked' &&
    state.timers.some(
      (timer) => 'operation' in timer && timer.operation.startsWith(place) && timer.operation.endsWith('/do'),
    )
  );
}
