import { at, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';
import type { Admission, Trigger } from '../starting/trigger.js';
import { valueExpression } from './expressions.js';
import { outcomePlace, type SagaPlaces } from './places.js';

/** Compiles what starts of a key have to do with each other; nothing when each stands for itself. */
export function compileAdmission(
  saga: Cursor,
  triggers: readonly Trigger[],
  places: SagaPlaces,
  log: ProblemLog,
): Admission | undefined {
  const key = longForm(at(saga, 'key')!, 'of');
  const isReused = textAt(key, 'reuse') === 'afterEnd';
  const conflict = (textAt(key, 'conflict') ?? 'ignore') as Admission['conflict'];
  if (conflict !== 'ignore' && !isReused)
    log.error(
      at(key, 'conflict')!,
      `A key that is never used again has nobody to wait for. Write \`reuse: afterEnd\` beside \`conflict: ${conflict}\`.`,
    );
  const flips = compileFlips(saga, isReused, places, log);
  const remembers = triggers.some((trigger) => isRemembering(trigger, isReused));
  if (conflict === 'ignore' && flips === undefined && !remembers) return undefined;
  return { conflict, ...(flips === undefined ? {} : { flips }) };
}

/** A key that is never used again cannot be started by its own echo. */
function isRemembering(trigger: Trigger, isReused: boolean): boolean {
  const canEcho = trigger.kind === 'event' || trigger.kind === 'webhook';
  return trigger.coalesceMs !== undefined || trigger.threshold !== undefined || (canEcho && isReused);
}

function compileFlips(
  saga: Cursor,
  isReused: boolean,
  places: SagaPlaces,
  log: ProblemLog,
): Admission['flips'] {
  const flips = at(saga, 'flips');
  if (flips === undefined) return undefined;
  if (!isReused)
    log.errorAtKey(
      flips,
      'A key that is never used again cannot go back and forth. Write `key: { of: …, reuse: afterEnd }`.',
    );
  // What did not run is no decision, so a plain read says nothing wrong here.
  const steps = new Map([...places.steps].map(([name, step]) => [name, { ...step, isSure: true }]));
  return {
    of: valueExpression(at(flips, 'of')!, outcomePlace(places, steps, false), log),
    max: Number(at(flips, 'max')!.value),
    withinMs: durationMs(textAt(flips, 'within')!)!,
  };
}
