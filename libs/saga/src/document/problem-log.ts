import { pathText, type Cursor } from './cursor.js';
import type { Problem } from './problem.js';
import { sentence } from './sentence.js';
import type { Target } from './source-document.js';

/** Collects what is found wrong while documents are checked and compiled. */
export class ProblemLog {
  readonly #problems: Problem[] = [];

  /** What was found so far, in the order of the text. */
  get problems(): readonly Problem[] {
    return [...this.#problems].sort(
      (left, right) =>
        compare(left.file, right.file) ||
        (left.line ?? 0) - (right.line ?? 0) ||
        (left.column ?? 0) - (right.column ?? 0),
    );
  }

  /** How many errors there are. */
  get errors(): number {
    return this.#problems.filter(({ severity }) => severity === 'error').length;
  }

  /** Complains about a value. */
  error(cursor: Cursor, message: string, offset = 0): void {
    this.#add('error', cursor, { part: 'value', offset }, message);
  }

  /** Complains about the key a value stands under. */
  errorAtKey(cursor: Cursor, message: string): void {
    this.#add('error', cursor, { part: 'key' }, message);
  }

  /** Says what deserves a look. */
  warning(cursor: Cursor, message: string): void {
    this.#add('warning', cursor, { part: 'value', offset: 0 }, message);
  }

  /** Takes over problems that were found elsewhere. */
  addAll(problems: readonly Problem[]): void {
    this.#problems.push(...problems);
  }

  #add(severity: Problem['severity'], cursor: Cursor, target: Target, message: string): void {
    const { document, path } = cursor;
    const problem: Problem = {
      severity,
      file: document.file,
      ...document.locate(path, target),
      path: pathText(path),
      message: sentence(message),
    };
    // What stands in a fragment is compiled wherever it is included.
    if (!this.#problems.some((other) => isSame(other, problem))) this.#problems.push(problem);
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isSame(left: Problem, right: Problem): boolean {
  return (
    left.message === right.message &&
    left.file === right.file &&
    left.line === right.line &&
    left.column === right.column &&
    left.path === right.path
  );
}
