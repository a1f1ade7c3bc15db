/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  const [last, ...others] = words.toReversed();
  if (last === undefined) return '';
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}
