import type { SagaInput } from '../src/input.js';
import type { Program } from '../src/program.js';
import type { EngineState, Operation } from '../src/engine/engine-state.js';
import { blockOf, nameOf, nodeAt, pathTo, placeOf } from './program-paths.js';
import { nodesOf } from './nodes-of.js';
import type { Run } from './simulated-run.js';

/** A join is decided only when every leg has settled. */
export function joins({ program, turns }: Run): readonly string[] {
  return turns.flatMap(({ input, before, after }) => {
    const joined = nodesOf(program.root).filter(
      ({ kind, id }) =>
        kind === 'par' && after.steps[id] !== before?.steps[id] && after.steps[id]?.outcome === 'succeeded',
    );
    const open = joined.flatMap(({ id }) => askedInside(program, after, id));
    return [...open, ...interrupted(program, input, before, after)];
  });
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
    const others = waiting.filter((operation) => pathTo(program, blockOf(operation)).includes(par));
    return others
      .filter((operation) => nameOf(operation) !== input.operation)
      .map((operation) => `${nameOf(operation)} still waits in ${par}`);
  });
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
