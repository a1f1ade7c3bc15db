import type { Problem } from '#libs/saga';

const longestLine = 160;

/** A problem the way compilers print it: the place, the line of the source and a caret below it. */
export function problemWithSource(problem: Problem, text: string | undefined, shownPath: string): string {
  const { line, column, severity, message, path } = problem;
  if (line === undefined || column === undefined) return `${shownPath} ${path}: ${severity}: ${message}`;
  const head = `${shownPath}:${line}:${column}: ${severity}: ${message}`;
  const source = text?.split(/\r?\n/)[line - 1];
  return source === undefined ? head : [head, ...excerpt(source, line, column)].join('\n');
}

function excerpt(source: string, line: number, column: number): readonly string[] {
  // Far right of a long line the beginning is left out, so that the caret stays in view.
  const from = column > longestLine - 20 ? column - 60 : 0;
  const shown = source.slice(from, from + longestLine);
  const margin = `${line} | `;
  const before = source.slice(from, column - 1).replaceAll(/[^\t]/g, ' ');
  return [`  ${margin}${shown}`, `  ${' '.repeat(margin.length)}${before}^`];
}
