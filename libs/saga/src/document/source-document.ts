import type { JsonObject } from '../json.js';

/** Steps from the top of a document to a value. */
export type Path = readonly (string | number)[];

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What of an entry is meant: its key, or its value and how many characters into it. */
export type Target = { readonly part: 'key' } | { readonly part: 'value'; readonly offset: number };

/** One document of a file, as data, with the way back to the text. */
export interface SourceDocument {
  readonly file: string;
  readonly data: JsonObject;
  /** Where a value was written; `undefined` when it was not written but built. */
  readonly locate: (path: Path, target: Target) => Position | undefined;
}

/** A document that was never text, for example one made by the builder. */
export function builtDocument(file: string, data: JsonObject): SourceDocument {
  return { file, data, locate: () => undefined };
}
