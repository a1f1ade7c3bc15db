import { traceShares } from './bench-options.js';
import { compareSides, type Compared, type ComparePlan } from './compare-sides.js';

/** What tracing costs: the order saga without it, with one saga in a hundred sampled, and with all of them. */
export function compareTraces(
  plan: Omit<ComparePlan, 'sides'>,
  say: (line: string) => void,
): Promise<readonly Compared[]> {
  const sides = traceShares.map((share) => ({ name: `traces ${share}`, options: ['--trace', share] }));
  return compareSides({ ...plan, sides }, say);
}
