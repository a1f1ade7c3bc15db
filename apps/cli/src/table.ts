/** Rows under headings, columns aligned. Numbers stand on the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [headings, ...rows.map((row) => row.map(String))];
  const widths = headings.map((_, column) =>
    Math.max(...cells.map((row) => [...(row[column] ?? '')].length)),
  );
  const isRight = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column]!, isRight[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, width: number, isRight: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - [...cell].length));
  return isRight ? gap + cell : cell + gap;
}
