import type { Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { JsonObject } from '../json.js';

/**
 * What a value of a definition looks like: once for editors, as JSON Schema, and once for people,
 * as messages that say what to write instead.
 */
export interface Shape {
  readonly schema: JsonObject;
  readonly check: (cursor: Cursor, checker: Checker) => void;
}

/** What shapes need while they look at a document. */
export interface Checker {
  readonly log: ProblemLog;
  /** Looks at one block, whatever its head is. */
  readonly checkBlock: (cursor: Cursor) => void;
}

/** One key of a map. */
export interface Field {
  readonly shape: Shape;
  readonly doc: string;
  /** What a document without it lacks, if it cannot be left out. */
  readonly required?: string;
}

/** The keys of a map, by name. */
export type Fields = Readonly<Record<string, Field>>;
