import type { DmnElement } from './dmn-packages.js';

const LONGEST = 40;

/** A name for each rule: made of its annotation where it has one, and different from all others. */
export function ruleNames(rules: readonly DmnElement[]): readonly string[] {
  const taken = new Set<string>();
  return rules.map((rule, index) => {
    const said = slug(rule.description ?? rule.annotationEntry?.[0]?.text ?? '');
    const wanted = said === '' ? `rule-${index + 1}` : said;
    const name = taken.has(wanted) ? `${wanted}-${index + 1}` : wanted;
    taken.add(name);
    return name;
  });
}

function slug(text: string): string {
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  let name = '';
  for (const word of words) {
    if (name.length + word.length > LONGEST) break;
    name = name === '' ? word : `${name}-${word}`;
  }
  return /^[a-z]/.test(name) ? name : name === '' ? '' : `rule-${name}`;
}
