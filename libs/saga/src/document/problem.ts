/** A mistake in a definition, or something that deserves a look. */
export interface Problem {
  /** An error keeps the document from being used; a warning does not. */
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** From 1; absent for a definition that was built in TypeScript. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** Where it is in the document: `steps[1].compensate`. */
  readonly path: string;
  /** What is wrong, and what to write instead. */
  readonly message: string;
}

/** Writes a problem the way compilers do: `order.yaml:5:9: error: …`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? ` ${problem.path}` : `:${problem.line}:${problem.column}`;
  return `${problem.file}${place}: ${problem.severity}: ${problem.message}`;
}
