import type { Json, JsonObject } from '#libs/messaging';
import { indented } from './page-text.js';
import { table } from './table.js';

const longestText = 200;
/** As much of each name is shown; whoever needs more reads the JSON. */
const mostLines = 80;

/**
 * A value as people read it: one name a line, what is inside moved to the right. A list of maps is a table where a line
 * is enough for each.
 */
export function shownValue(value: Json): string {
  const parts = isMap(value)
    ? Object.entries(value).map(([name, field]) => named(name, field!))
    : [linesOf(value)];
  return parts.flatMap(capped).join('\n');
}

function capped(lines: readonly string[]): readonly string[] {
  const more = lines.length - mostLines;
  return more <= 1 ? lines : [...lines.slice(0, mostLines), `  … and ${more} more lines`];
}

function linesOf(value: Json): readonly string[] {
  if (isPlain(value)) return [plainText(value)];
  if (!Array.isArray(value)) return fieldsOf(value as JsonObject);
  const items = value as readonly Json[];
  if (items.every((item) => isMap(item) && Object.values(item).every(isPlain)))
    return tableOf(items as readonly JsonObject[]).split('\n');
  return items.flatMap((item, index) => named(`${index + 1}`, item));
}

function fieldsOf(map: JsonObject): readonly string[] {
  return Object.entries(map).flatMap(([name, value]) => named(name, value!));
}

function named(name: string, value: Json): readonly string[] {
  if (isPlain(value)) return [`${name}: ${plainText(value)}`];
  return [name, ...linesOf(value).map((line) => indented(line))];
}

function tableOf(rows: readonly JsonObject[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return table(
    columns,
    rows.map((row) => columns.map((column) => (row[column] === undefined ? '' : cellOf(row[column])))),
  );
}

function cellOf(value: Json): string | number {
  return typeof value === 'number' ? value : plainText(value);
}

/** One line is enough for it. */
function isPlain(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object' || item === null);
  return !isMap(value) || Object.keys(value).length === 0;
}

function plainText(value: Json): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : cut(value.map(scalarText).join(', '));
  return isMap(value) ? 'none' : cut(scalarText(value));
}

function scalarText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
