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

function isInFlow(line: string): boolean {
  const opening = line.search(/(?:^|[^$])[{[]/);
  return opening >= 0 && opening < line.indexOf('${');
}
