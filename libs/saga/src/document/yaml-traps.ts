/**
 * The mistakes that YAML makes easy. Each is explained by name, because what a YAML reader says about
 * them sends people in the wrong direction.
 */

/** An unquoted value that begins with `!`, such as `if: !has(x)`. */
export function tagTrap(written: string): string {
  if (!/^![A-Za-z_(]/.test(written)) return 'tags are not part of the language; write the plain value';
  return `YAML reads \`${written}\` as a tag and leaves the value empty, because it begins with \`!\`. Put the expression in quotes: '${written}'.`;
}

/** A key that YAML 1.1 readers take for a boolean. */
export function booleanKeyTrap(key: string): string {
  const instead =
    key.toLowerCase() === 'on'
      ? ' Errors are handled under `catch:`, events start sagas under `triggers:`.'
      : ' Choose another name.';
  return `\`${key}:\` is no key: YAML 1.1 readers take the word for true or false.${instead}`;
}

/** What a syntax error is really about, judged by the line it stands in, or `undefined`. */
export function expressionTrap(line: string): string | undefined {
  if (/[{[,:]\s*\$\{/.test(line) && /[{[].*\$\{/.test(line) && !/['"]\s*\$\{/.test(line) && isInFlow(line)) {
    return "inside { } and [ ] YAML takes the braces of `${ }` for its own. Put the value in quotes: { x: '${ y }' }.";
  }
  if (/\$\{[^}'"]*\s\?\s.*:\s/.test(line)) {
    return "YAML takes the `: ` of `${ a ? b : c }` for a key. Put the whole value in quotes: '${ a ? b : c }'.";
  }
  if (/:\s.*\s\?\s.*:\s/.test(line))
    return "YAML takes the `: ` of `a ? b : c` for a key. Put the whole expression in quotes: 'a ? b : c'.";
  return undefined;
}

/** What a reader of YAML complains about, and what to write instead. */
const MISTAKES: readonly (readonly [complaint: RegExp, message: string])[] = [
  [
    /^Nested mappings are not allowed/,
    'a key cannot follow a value here. Begin all keys of a map in the same column, and put a text that contains `: ` in quotes.',
  ],
  [
    /^All mapping items must start at the same column/,
    'the keys of one map begin in the same column. Those of a block begin below its head, behind the "- ".',
  ],
  [
    /^Implicit (map )?keys need to be/,
    'a key stands alone before `: `, a colon and an ordinary space. Write `key: value`; put the whole text in quotes if it is one.',
  ],
  [
    /^Unexpected scalar at node end/,
    "something follows the closing quote. Write a single quote inside single quotes twice (''), or put double quotes around the whole.",
  ],
  [/^Plain value cannot start with/, 'a text cannot begin with this character. Put it in quotes.'],
  [/^Flow map .* end with a }/, 'a `{` is not closed. Write its `}`.'],
  [/^Flow sequence .* end with a \]/, 'a `[` is not closed. Write its `]`.'],
  [/^Missing closing .*quote/, 'a quote is not closed. Write it at the end of the text, too.'],
];

/** What a mistake of grammar means to whoever made it, or `undefined`. */
export function grammarTrap(complaint: string): string | undefined {
  return MISTAKES.find(([pattern]) => pattern.test(complaint))?.[1];
}

/** A key that stands there twice; a second head is another document. */
export function duplicateTrap(line: string): string {
  const head = /^(saga|fragment|standard|decision|participant|namespace|tests|release):/.exec(line)?.[1];
  if (head === undefined) return 'this key stands here twice. Keep one of them.';
  return `this document has a \`${head}\` already. Put a line \`---\` between two documents.`;
}

function isInFlow(line: string): boolean {
  const opening = line.search(/(?:^|[^$])[{[]/);
  return opening >= 0 && opening < line.indexOf('${');
}
