/** Lines that are only in one of two texts, beside each other, and where that is. */
export interface LineDifference {
  /** Of the first text, from 1. */
  readonly line: number;
  readonly without: readonly string[];
  readonly instead: readonly string[];
}

/** The fewest lines in which two texts differ, from top to bottom. */
export function lineDifferences(one: readonly string[], other: readonly string[]): readonly LineDifference[] {
  const shared = sharedFrom(one, other);
  const found: { line: number; without: string[]; instead: string[] }[] = [];
  let open: (typeof found)[number] | undefined;
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && one[i] === other[j]) {
      [i, j, open] = [i + 1, j + 1, undefined];
      continue;
    }
    if (open === undefined) found.push((open = { line: i + 1, without: [], instead: [] }));
    if (j === other.length || (i < one.length && shared(i + 1, j) >= shared(i, j + 1)))
      open.without.push(one[i++]!);
    else open.instead.push(other[j++]!);
  }
  return found;
}

/** How many lines two texts share, in order, from these places on. */
function sharedFrom(one: readonly string[], other: readonly string[]): (i: number, j: number) => number {
  const counts = Array.from({ length: one.length + 1 }, () => new Uint32Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1)
    for (let j = other.length - 1; j >= 0; j -= 1)
      counts[i]![j] =
        one[i] === other[j] ? counts[i + 1]![j + 1]! + 1 : Math.max(counts[i + 1]![j]!, counts[i]![j + 1]!);
  return (i, j) => counts[i]![j]!;
}
