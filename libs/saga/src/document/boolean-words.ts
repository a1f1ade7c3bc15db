const BOOLEAN_WORDS = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false']);

/** Is this a word that some YAML readers take for true or false? Such a word is no key and no name. */
export function isBooleanWord(word: string): boolean {
  return BOOLEAN_WORDS.has(word.toLowerCase());
}
