import type { SagaFacts } from '../scope-values.js';
import type { Json } from '../json.js';
import type { SagaState } from '../turn.js';
import type { EngineState } from './engine-state.js';

/** What hardly ever changes of a state, as text, so that it is not written anew for every input. */
export interface Opening {
  readonly facts: SagaFacts;
  readonly input: Json;
  /** JSON text of the input. */
  readonly inputText: string;
  /** What the text of the state begins with. */
  readonly text: string;
}

/** The opening of a state: the one of a state before, where it still holds. */
export function openingOf({ facts, input }: SagaState, before: Opening | undefined): Opening {
  if (before !== undefined && before.facts === facts && before.input === input) return before;
  const inputText = before !== undefined && before.input === input ? before.inputText : JSON.stringify(input);
  return { facts, input, inputText, text: `{"facts":${JSON.stringify(facts)},"input":${inputText},` };
}

/** JSON text of a state, with what else is to be stored in the same object. */
export function stateText(state: SagaState, { text }: Opening, beside?: object): string {
  const moving = movingParts(state as EngineState);
  return text + JSON.stringify(beside === undefined ? moving : { ...moving, ...beside }).slice(1);
}

/** Everything but the opening; `undefined` leaves no trace in the text. */
function movingParts(state: EngineState): Omit<EngineState, 'facts' | 'input'> {
  return {
    toggles: state.toggles,
    linked: state.linked,
    status: state.status,
    at: state.at,
    steps: state.steps,
    operations: state.operations,
    frames: state.frames,
    raised: state.raised,
    iterations: state.iterations,
    incidents: state.incidents,
    timers: state.timers,
    lastTimer: state.lastTimer,
    rounds: state.rounds,
    failure: state.failure,
    ending: state.ending,
  };
}
