import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Program } from '../program.js';
import { checkPublished } from './clearance.js';
import type { ClassedData } from './classed-data.js';
import type { Contracts } from './contracts.js';
import { NOTHING, templateValue } from './expressions.js';
import { outcomePlace, type SagaPlaces } from './places.js';

/** Compiles what is told when a saga ends. */
export function compileOutcomes(
  saga: Cursor,
  places: SagaPlaces,
  { outputs }: ClassedData,
  contracts: Contracts,
  log: ProblemLog,
): Program['outcomes'] {
  const steps = new Map(
    [...places.steps].map(([name, step]) => [name, { ...step, output: outputs.get(name) ?? step.output }]),
  );
  const outcomes = entriesOf(at(saga, 'outcomes')).map(([status, outcome]) => {
    const place = outcomePlace(places, steps, status !== 'completed');
    const written = at(outcome, 'with');
    const data = written === undefined ? NOTHING : templateValue(written, place, log);
    const event = textAt(outcome, 'emit')!;
    if (written !== undefined)
      checkPublished(event, { type: data.type, cursor: written, isWritten: true }, contracts, log);
    return [status, { event, data: data.evaluate }] as const;
  });
  return Object.fromEntries(outcomes);
}
