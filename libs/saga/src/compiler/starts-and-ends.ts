import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { ANY } from '../expression/static-type.js';
import type { Program, Trigger } from '../program.js';
import type { Contracts } from './contracts.js';
import { conditionExpression, NOTHING, templateValue } from './expressions.js';
import { outcomePlace, triggerPlace, type SagaPlaces } from './places.js';

/** Compiles what starts a saga. */
export function compileTrigger(
  trigger: Cursor,
  places: SagaPlaces,
  contracts: Contracts,
  log: ProblemLog,
): Trigger {
  const event = textAt(trigger, 'event')!;
  const place = triggerPlace(places, contracts.eventTypes.get(event) ?? ANY);
  const written = at(trigger, 'with');
  const gates = entriesOf(at(trigger, 'gates')).map(([name, gate]) => ({
    name,
    if: conditionExpression(gate, place, log),
  }));
  return {
    event,
    gates,
    ...(written === undefined ? {} : { with: templateValue(written, place, log).evaluate }),
  };
}

/** Compiles what is told when a saga ends. */
export function compileOutcomes(saga: Cursor, places: SagaPlaces, log: ProblemLog): Program['outcomes'] {
  const steps = new Map([...places.blocks].map((name) => [name, { output: ANY, isSure: false }]));
  const outcomes = entriesOf(at(saga, 'outcomes')).map(([status, outcome]) => {
    const place = outcomePlace(places, steps, status !== 'completed');
    const written = at(outcome, 'with');
    const data = written === undefined ? NOTHING : templateValue(written, place, log);
    return [status, { event: textAt(outcome, 'emit')!, data: data.evaluate }] as const;
  });
  return Object.fromEntries(outcomes);
}
