import type { AnswerInput } from '../src/input.js';
import type { OperationName } from '../src/operation-name.js';
import type { Run } from './simulated-run.js';

/** A new attempt of a command or an undo follows only a definite failure of the one before. */
export function countsAttempts({ turns }: Run): readonly string[] {
  const failed = new Set<string>();
  const broken: string[] = [];
  const attempts = new Map<OperationName, number>();
  for (const { input, effects } of turns) {
    if (input.kind === 'answer') for (const id of failuresOf(input, attempts)) failed.add(id);
    for (const effect of effects) {
      if (effect.kind !== 'open' || effect.direction === 'verify') continue;
      const { operation, attempt } = effect;
      attempts.set(operation, attempt);
      if (attempt > 1 && !failed.has(`${operation}#${attempt - 1}`)) broken.push(`${operation}#${attempt}`);
    }
  }
  return broken;
}

/** Attempts that an answer says had no effect: "not done" says it of the one that is out. */
function failuresOf(
  { operation, attempt, outcome, error, data }: AnswerInput,
  attempts: ReadonlyMap<OperationName, number>,
): readonly string[] {
  // What is answered too late to be true is asked anew.
  const isOld = outcome === 'succeeded' && data !== null && typeof data === 'object' && 'age' in data;
  if (isOld) return [`${operation}#${attempt}`];
  if (outcome === 'failed' && error !== 'too-old') return [`${operation}#${attempt}`];
  if (outcome !== 'rejected' || !operation.endsWith('/verify')) return [];
  const asked = operation.replace(/verify$/, 'do');
  return [`${asked}#${attempts.get(asked)}`];
}
