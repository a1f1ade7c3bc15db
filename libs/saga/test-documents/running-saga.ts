import type { Effect } from '../src/effect.js';
import { advance } from '../src/engine/advance.js';
import type { AnswerInput, SagaInput } from '../src/input.js';
import type { Json } from '../src/json.js';
import type { Program } from '../src/program.js';
import type { SagaState } from '../src/turn.js';

type Answer = Pick<AnswerInput, 'outcome'> & Partial<Pick<AnswerInput, 'error' | 'data'>>;

/** Runs a saga with participants that say yes to everything but what is listed, once each, and that never keep silent. */
export function run(
  program: Program,
  input: Json,
  answers: Readonly<Record<string, readonly Answer[]>> = {},
) {
  const left = new Map(Object.entries(answers).map(([call, list]) => [call, [...list]]));
  const facts = { id: 's1', key: 'k1', definition: program.definition, version: 1, startedAt: 0, hops: 0 };
  const inputs: SagaInput[] = [{ kind: 'start', now: 0, facts, input, toggles: program.toggles ?? {} }];
  const effects: Effect[] = [];
  let state: SagaState | undefined;
  for (let count = 0; count < 200; count++) {
    const next: SagaInput | undefined = inputs.shift() ?? wakeUp(state);
    if (next === undefined) break;
    const turn = advance(program, state, next);
    state = turn.state;
    effects.push(...turn.effects);
    for (const effect of turn.effects) {
      if (effect.kind !== 'open') continue;
      const { operation, attempt, call } = effect;
      const answer = left.get(call)?.shift() ?? { outcome: 'succeeded' as const };
      inputs.push({ kind: 'answer', now: next.now, operation, attempt, data: {}, ...answer });
    }
  }
  const opened = effects.filter((effect) => effect.kind === 'open');
  return {
    opened,
    state,
    sent: opened.map(({ call }) => call),
    data: Object.fromEntries(opened.map(({ call, data }) => [call, data])),
    told: effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.event] : [])),
    toldData: effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.data] : [])),
    finish: effects.find((effect) => effect.kind === 'finish'),
    incidents: effects.flatMap((effect) => (effect.kind === 'incident' && effect.open ? [effect.code] : [])),
    notes: effects.flatMap((effect) => (effect.kind === 'noted' ? [effect.note] : [])),
    steps: state?.steps ?? {},
  };
}

function wakeUp(state: SagaState | undefined): SagaInput | undefined {
  if (state === undefined || !['running', 'compensating'].includes(state.status)) return undefined;
  // A person is awaited, and nobody comes.
  if (Object.keys(state.incidents).length > 0) return undefined;
  const times = state.timers.map(({ at }) => at).filter((at) => at > state.at);
  return times.length === 0 ? undefined : { kind: 'due', now: Math.min(...times) };
}
