/** Rows of the same name together, in the order of names. */
export function groups<Row>(rows: readonly Row[], name: (row: Row) => string): readonly (readonly Row[])[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(name(row), [...(found.get(name(row)) ?? []), row]);
  return [...found.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}
