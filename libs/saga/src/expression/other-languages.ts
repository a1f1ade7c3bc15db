const OPERATORS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', is: '==' };

const NOTHING = ['undefined', 'None', 'nil', 'NULL', 'Null'];

const METHODS: Readonly<Record<string, string>> = {
  includes: 'a contains b is written b in a for lists and a.contains(b) for texts',
  has: 'a contains b is written b in a',
  length: 'the number of items is size(a)',
  count: 'the number of items is size(a)',
  toLowerCase: 'write lowerAscii()',
  toUpperCase: 'write upperAscii()',
  lower: 'write lowerAscii()',
  upper: 'write upperAscii()',
  some: 'write exists(x, …)',
  any: 'write exists(x, …)',
  every: 'write all(x, …)',
  toString: 'write string(a)',
};

/** What the text of an expression has of another language at a place where it cannot be read, or `undefined`. */
export function foreignSyntax(text: string, offset: number): string | undefined {
  if (/^\s*\{[^:]*$/.test(text)) return 'an expression stands in one pair of braces: ${ input.x }';
  if (/^\s*\d{4}-\d\d-\d\d/.test(text)) return `an instant is written timestamp('${text.trim()}')`;
  if (text.includes('?.')) return 'a field that may not be there is written a.?b';
  if (/[\u201C\u201D\u2018\u2019\u201E]/.test(text)) return 'texts stand in plain quotes: "DE" or \'DE\'';
  const [word] = /[A-Za-z]+/.exec(text.slice(wordStart(text, offset))) ?? [];
  const operator = Object.hasOwn(OPERATORS, word ?? '') ? OPERATORS[word!] : undefined;
  return operator === undefined ? undefined : `\`${word}\` is written ${operator}`;
}

/** What a name of other languages is called here, or an empty text. */
export function foreignName(name: string): string {
  if (name === 'step') return ' What a block has left is steps.<block>.output.';
  if (NOTHING.includes(name)) return ' Whether something is there is asked by has(input.x); nothing is null.';
  return /^(yes|no|on|off|True|False|TRUE|FALSE)$/.test(name) ? ' Write true or false.' : '';
}

/** What a method of other languages is called here, or an empty text. */
export function foreignMethod(name: string): string {
  return Object.hasOwn(METHODS, name) ? ` In this language ${METHODS[name]!}.` : '';
}

function wordStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && /[A-Za-z]/.test(text[start - 1]!)) start--;
  return start;
}
