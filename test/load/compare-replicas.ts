import { compareSides, type Compared, type ComparePlan } from './compare-sides.js';

/** Of one core, so that broker, database and participants have enough left of two where three coordinators are busy. */
const share = '0.15';
/** Shared out evenly between one, two and three. */
const partitions = '6';

/** What more coordinators bring where none may use more than its share of CPU: the order saga with one, two and three. */
export function compareReplicas(
  plan: Omit<ComparePlan, 'sides'>,
  say: (line: string) => void,
): Promise<readonly Compared[]> {
  const sides = ['1', '2', '3'].map((count) => ({
    name: count === '1' ? '1 coordinator' : `${count} coordinators`,
    options: ['--coordinators', count, '--cpu-limit', share, '--partitions', partitions],
  }));
  return compareSides({ ...plan, sides }, say);
}
