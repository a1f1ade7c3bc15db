import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Program } from '../program.js';
import { NOTHING, templateValue } from './expressions.js';
import { outcomePlace, type SagaPlaces } from './places.js';

/** Compiles what is told when a saga ends. */
export function compileOutcomes(saga: Cursor, places: SagaPlaces, log: ProblemLog): Program['outcomes'] {
  const outcomes = entriesOf(at(saga, 'outcomes')).map(([status, outcome]) => {
    const place = outcomePlace(places, places.steps, status !== 'completed');
    const written = at(outcome, 'with');
    const data = written === undefined ? NOTHING : templateValue(written, place, log);
    return [status, { event: textAt(outcome, 'emit')!, data: data.evaluate }] as const;
  });
  return Object.fromEntries(outcomes);
}
