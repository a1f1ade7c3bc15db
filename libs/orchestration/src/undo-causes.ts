import type { Effect } from '#libs/saga';

/**
 * What the trace of a saga says that its undos under way come of: span ids by operation. Kept with the saga, so that
 * whoever sees an undo end can tell.
 */
export type UndoCauses = Readonly<Record<string, string>>;

/**
 * The causes after a turn: `cause` is asked about undos that it began, and what it ended is left out. What is said again
 * comes of what it came of first.
 */
export function undoCausesAfter(
  before: UndoCauses | undefined,
  effects: readonly Effect[],
  cause: () => string | undefined,
): UndoCauses | undefined {
  let causes = before;
  for (const effect of effects) {
    if (effect.kind === 'settled' && effect.direction === 'undo') causes = without(causes, effect.operation);
    if (effect.kind === 'open' && effect.direction === 'undo' && causes?.[effect.operation] === undefined)
      causes = withCause(causes, effect.operation, cause());
  }
  return causes;
}

function withCause(
  causes: UndoCauses | undefined,
  operation: string,
  cause: string | undefined,
): UndoCauses | undefined {
  return cause === undefined ? causes : { ...causes, [operation]: cause };
}

function without(causes: UndoCauses | undefined, operation: string): UndoCauses | undefined {
  if (causes?.[operation] === undefined) return causes;
  const { [operation]: _, ...rest } = causes;
  return Object.keys(rest).length === 0 ? undefined : rest;
}
