import type { Cursor } from '../document/cursor.js';
import type { Json } from '../json.js';

/** One value of a definition, and where it comes from. */
export interface ResolvedValue {
  /** The block it belongs to; empty for the saga itself. */
  readonly block: string;
  /** `retry.attempts`, or `undo.retry.attempts` for the command that undoes it. */
  readonly key: string;
  readonly value: Json;
  /** `built in`, a reason, or who says it. */
  readonly from: string;
  /** Where it is written, as `file:line`. */
  readonly origin?: string;
}

/** Where a value is written, if that is known. */
export function originOf({ document, path }: Cursor): Pick<ResolvedValue, 'origin'> {
  const position = document.locate(path, { part: 'value', offset: 0 });
  return position === undefined ? {} : { origin: `${document.file}:${position.line}` };
}

/** Who says what nobody says. */
export const BUILT_IN = 'built in';
