import { entriesOf, isMap, type Cursor } from '../document/cursor.js';
import { didYouMean } from '../expression/did-you-mean.js';
import { checkFields, recordSchema } from './container-shapes.js';
import { kindOf } from './scalar-shapes.js';
import type { Fields, Shape } from './shape.js';

/** A map whose kind is said by which of several keys it has. */
export interface HeadedOptions {
  /** How messages call the map: `a trigger`. */
  readonly title: string;
  /** The keys of each kind, its head included. */
  readonly kinds: Readonly<Record<string, Fields>>;
  /** Keys of the language that this version does not know yet. */
  readonly later?: readonly string[];
}

/** A map of one of several kinds. Editors get one `if … then` a head, as for blocks. */
export function headed({ title, kinds, later = [] }: HeadedOptions): Shape {
  const heads = Object.keys(kinds);
  const properties = Object.fromEntries(
    heads.map((head) => [head, { description: kinds[head]![head]!.doc }]),
  );
  return {
    schema: {
      type: 'object',
      properties,
      allOf: [
        ...heads.map((head) => ({
          if: { type: 'object', required: [head] },
          then: recordSchema(kinds[head]!),
        })),
        { if: { not: { anyOf: heads.map((head) => ({ required: [head] })) } }, then: false },
      ],
    },
    check: (cursor, checker) => {
      const { log } = checker;
      if (!isMap(cursor.value))
        return log.error(
          cursor,
          `${title} is a map that begins with one of ${heads.join(', ')}, and this is ${kindOf(cursor.value)}.`,
        );
      const [head, other] = headsOf(cursor, heads);
      if (head === undefined)
        return log.error(
          cursor,
          `${capital(title)} begins with one of ${heads.join(', ')}.${typo(cursor, heads)}`,
        );
      if (other !== undefined)
        return log.error(
          cursor,
          `${capital(title)} has one head, and this one has \`${head}\` and \`${other}\`. Begin a new one with "- ".`,
        );
      checkFields(cursor, { title: `${title} on \`${head}\``, fields: kinds[head]!, later }, checker);
    },
  };
}

/** The key that says the kind of a map which was checked before. */
export function headOf(cursor: Cursor, heads: readonly string[]): string {
  return headsOf(cursor, heads)[0]!;
}

function headsOf(cursor: Cursor, heads: readonly string[]): readonly string[] {
  return entriesOf(cursor)
    .map(([key]) => key)
    .filter((key) => heads.includes(key));
}

function typo(cursor: Cursor, heads: readonly string[]): string {
  for (const [key] of entriesOf(cursor)) {
    const found = didYouMean(key, heads);
    if (found !== '') return found;
  }
  return '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
