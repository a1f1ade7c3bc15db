import type { Json, JsonObject } from '../json.js';
import type { Path, SourceDocument } from './source-document.js';

/** A value together with where it stands, so that whoever reads it can complain about it. */
export interface Cursor {
  readonly document: SourceDocument;
  readonly path: Path;
  readonly value: Json;
}

/** The whole document. */
export function rootOf(document: SourceDocument): Cursor {
  return { document, path: [], value: document.data };
}

/** The value under a key, or `undefined` when there is none. */
export function at(cursor: Cursor, key: string): Cursor | undefined {
  if (!isMap(cursor.value) || !Object.hasOwn(cursor.value, key)) return undefined;
  const elsewhere = COMPLETED.get(cursor.value)?.[key];
  if (elsewhere !== undefined) return elsewhere;
  // The long form of a shorthand was written where the short one stands.
  const path = LONG_FORMS.has(cursor.value) ? cursor.path : [...cursor.path, key];
  return { document: cursor.document, path, value: cursor.value[key]! };
}

/** The entries of a map in the order they were written; nothing for other values. */
export function entriesOf(cursor: Cursor | undefined): readonly (readonly [string, Cursor])[] {
  if (cursor === undefined || !isMap(cursor.value)) return [];
  return Object.keys(cursor.value).map((key) => [key, at(cursor, key)!] as const);
}

/** The items of a list; nothing for other values. */
export function itemsOf(cursor: Cursor | undefined): readonly Cursor[] {
  if (cursor === undefined || !Array.isArray(cursor.value)) return [];
  return cursor.value.map((value: Json, index) => ({
    document: cursor.document,
    path: [...cursor.path, index],
    value,
  }));
}

/** The text a key holds, or `undefined`. */
export function textAt(cursor: Cursor, key: string): string | undefined {
  const value = at(cursor, key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** Is it a map? */
export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LONG_FORMS = new WeakSet<JsonObject>();

/** Undoes a shorthand: where a map is expected, a scalar means its main key and a list means its `do`. */
export function longForm(cursor: Cursor, mainKey: string): Cursor {
  if (isMap(cursor.value)) return cursor;
  const long: JsonObject = { [Array.isArray(cursor.value) ? 'do' : mainKey]: cursor.value };
  LONG_FORMS.add(long);
  return { ...cursor, value: long };
}

const COMPLETED = new WeakMap<JsonObject, Readonly<Record<string, Cursor>>>();

/** The same map with values that are said elsewhere. */
export function completed(cursor: Cursor, others: Readonly<Record<string, Cursor>>): Cursor {
  if (!isMap(cursor.value) || Object.keys(others).length === 0) return cursor;
  const said = Object.entries(others).map(([key, { value }]) => [key, value] as const);
  const whole: JsonObject = { ...cursor.value, ...Object.fromEntries(said) };
  COMPLETED.set(whole, others);
  return { ...cursor, value: whole };
}

/** Where a value was written, for people: `payment.yaml:7`, or by its path where it was not written but built. */
export function placeText({ document, path }: Cursor): string {
  const line = document.locate(path, { part: 'key' })?.line;
  return line === undefined ? `${document.file} ${pathText(path)}` : `${document.file}:${line}`;
}

/** How messages write a path: `steps[1].catch.out-of-stock`. */
export function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
