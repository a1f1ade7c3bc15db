import type { SagaInput, StartInput } from '../input.js';
import type { ScopeNode } from '../node.js';
import type { Program } from '../program.js';
import type { SagaState, Turn } from '../turn.js';
import { act } from './acting.js';
import { wakeUp } from './ask.js';
import { pursueSavepoints } from './catching.js';
import { chartOf, placeAt, type Place } from './chart.js';
import { pursueEnd, pursueHeld } from './ending.js';
import type { EngineState, Timer } from './engine-state.js';
import { unlessForbidden, withProposer } from './forbidding.js';
import { FuelSpentError } from './fuel-spent-error.js';
import { hearAnswer, hearNothing, hearRefusal } from './hearing.js';
import { change, enter, momentOf, takeSignal, type Moment } from './moment.js';
import { step } from './nodes.js';
import { expire } from './scope.js';
import { tellHolders } from './telling-holders.js';
import { dueTimer, takeTimer } from './timers.js';
import { switchToggle } from './toggling.js';
import { pursueUnwanted } from './unwanted.js';
import { hearOutside } from './waiting.js';

/** How much one input may cost: steps of the flow, and effects. */
export interface Fuel {
  readonly visits: number;
  readonly effects: number;
}

/** Plenty for any definition that ends. */
const standardFuel: Fuel = { visits: 10_000, effects: 2_000 };

/**
 * Folds one input into a saga.
 *
 * Pure: the same state and input always give the same turn, and neither is changed. An input that changes nothing
 * gives back the same state object.
 *
 * @throws FuelSpentError when the input costs more than `fuel` allows.
 * @throws TypeError when the first input is not a start.
 */
export function advance(
  program: Program,
  state: SagaState | undefined,
  input: SagaInput,
  fuel: Fuel = standardFuel,
): Turn {
  const before = (state as EngineState | undefined) ?? begun(input);
  const moment = momentOf(chartOf(program), input.now, before);
  const folded =
    state === undefined ? settle(enter(moment, moment.chart.root), fuel) : fold(moment, input, fuel);
  const after = moment.chart.tellsHolders ? tellHolders(folded) : folded;
  const effects = withProposer(after, input);
  if (after.state === state) return { state, effects };
  return { state: change(after, { at: input.now }).state, effects };
}

function fold(moment: Moment, input: SagaInput, fuel: Fuel): Moment {
  switch (input.kind) {
    case 'start':
      return moment;
    case 'answer':
      return settle(hearAnswer(moment, input), fuel);
    case 'due':
      return fireTimers(moment, fuel);
    case 'not-sent':
      return settle(hearRefusal(moment, input), fuel);
    case 'heard':
      return settle(hearOutside(moment, input), fuel);
    case 'switched':
      return settle(switchToggle(moment, input), fuel);
    case 'action':
      return unlessForbidden(moment, input, settle(act(moment, input), fuel));
  }
}

/** Fires what is due, the earliest first. What follows from one is settled before the next. */
function fireTimers(moment: Moment, fuel: Fuel): Moment {
  let fired = moment;
  for (let timer = dueTimer(fired); timer !== undefined; timer = dueTimer(fired)) {
    fired = settle(fire(takeTimer(fired, timer), timer), fuel);
  }
  return fired;
}

function fire(moment: Moment, timer: Timer): Moment {
  if ('operation' in timer) return hearNothing(moment, timer.operation);
  const place = placeAt(moment.chart, timer.frame);
  return place.site.node.kind === 'scope' ? expire(moment, place as Place<ScopeNode>) : wakeUp(moment, place);
}

/** Takes steps until nothing is left to be looked at, then begins what had to wait for that, until nothing changes. */
function settle(moment: Moment, fuel: Fuel): Moment {
  let settled = runAgenda(moment, fuel);
  for (let pursued = pursue(settled); pursued !== settled; pursued = pursue(settled))
    settled = runAgenda(pursued, fuel);
  return settled;
}

function runAgenda(moment: Moment, fuel: Fuel): Moment {
  let current = moment;
  while (current.agenda.length > 0) {
    const { signal, rest } = takeSignal(current);
    current = step(rest, signal);
    if (current.visits > fuel.visits) throw new FuelSpentError('visits', fuel.visits);
    if (current.effects.length > fuel.effects) throw new FuelSpentError('effects', fuel.effects);
  }
  return current;
}

function pursue(moment: Moment): Moment {
  return pursueEnd(pursueSavepoints(pursueUnwanted(pursueHeld(moment))));
}

function begun(input: SagaInput): EngineState {
  if (input.kind !== 'start') throw new TypeError(`a saga begins with a start, not with ${input.kind}`);
  return stateOf(input);
}

function stateOf({ facts, input, toggles, linked, now }: StartInput): EngineState {
  return {
    facts,
    input,
    toggles,
    ...(linked !== undefined && { linked }),
    status: 'running',
    at: now,
    steps: {},
    operations: [],
    frames: {},
    raised: {},
    incidents: {},
    timers: [],
    lastTimer: 0,
  };
}
