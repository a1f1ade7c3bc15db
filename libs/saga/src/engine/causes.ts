import type { Cause, Failure } from '../scope-values.js';

/** How many are kept: a list of a thousand items must not fill the state with the same words. */
const MOST = 20;

/** What led to a failure, with what had led to that; the nearest first, and then the others. Nothing where nothing did. */
export function causedBy(
  failures: readonly { readonly failure: Failure; readonly leg?: string }[],
  others: readonly Cause[] = [],
): Pick<Failure, 'causes'> {
  const led = failures.flatMap(({ failure, leg }) => [causeOf(failure, leg), ...(failure.causes ?? [])]);
  const causes = [...led, ...others];
  return causes.length === 0 ? {} : { causes: causes.slice(0, MOST) };
}

function causeOf({ error, step, message, at }: Failure, leg: string | undefined): Cause {
  return { error, step, message, at, ...(leg !== undefined && { leg }) };
}
