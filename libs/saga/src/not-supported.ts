/**
 * The part of the language that this version refuses, in one place. A name leaves this table when it is
 * built; nothing of it is ever ignored.
 */
export const NOT_SUPPORTED = {
  documents: [],
  heads: [],
  release: ['rules'],
  trigger: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The message for something of that table. */
export function notSupportedYet(what: string): string {
  return `${what} is part of the language, but not supported yet by this version. Leave it out.`;
}
