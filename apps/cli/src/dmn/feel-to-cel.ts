import type { FeelNode } from './dmn-packages.js';

/** A FEEL text with its tree. */
export interface Feel {
  readonly text: string;
  readonly top: FeelNode;
}

/** FEEL that has no counterpart here. The message says which part of it. */
export class FeelError extends Error {
  override readonly name = 'FeelError';
}

/** The same expression in CEL. `subject` stands for `?`. @throws FeelError */
export function expressionToCel({ text, top }: Feel, subject = '?'): string {
  return celOf(only(top), text, subject);
}

/** A cell of a table as a condition about `subject`; `undefined` where any value will do. @throws FeelError */
export function testsToCel({ text, top }: Feel, subject: string): string | undefined {
  const parts = childrenOf(top);
  if (parts.some(({ name }) => name === 'Wildcard')) return undefined;
  const tests = parts
    .filter(({ name }) => name === 'PositiveUnaryTests')
    .flatMap(childrenOf)
    .map(only);
  if (tests.length === 0) throw new FeelError(`"${text}" is no test`);
  const holds = anyOf(tests, text, subject);
  return parts[0]?.name === 'not' ? `!(${holds})` : holds;
}

function anyOf(tests: readonly FeelNode[], text: string, subject: string): string {
  if (tests.length > 1 && tests.every(isLiteral))
    return `${subject} in [${tests.map((test) => celOf(test, text, subject)).join(', ')}]`;
  const conditions = tests.map((test) => testToCel(test, text, subject));
  return conditions.length === 1 ? conditions[0]! : conditions.map((each) => `(${each})`).join(' || ');
}

function testToCel(test: FeelNode, text: string, subject: string): string {
  switch (test.name) {
    case 'SimplePositiveUnaryTest': {
      const [first, second] = childrenOf(test);
      if (first?.name === 'Interval') return intervalToCel(first, text, subject);
      if (first?.name === 'CompareOp' && second !== undefined)
        return `${subject} ${operator(sourceOf(first, text))} ${celOf(second, text, subject)}`;
      throw unknown(test, text);
    }
    case 'List':
      return `${subject} in ${celOf(test, text, subject)}`;
    case 'Comparison':
    case 'Conjunction':
    case 'Disjunction':
    case 'FunctionInvocation':
      return celOf(test, text, subject);
    default:
      return `${subject} == ${celOf(test, text, subject)}`;
  }
}

function intervalToCel(interval: FeelNode, text: string, subject: string): string {
  const [open, from, , to, close] = childrenOf(interval);
  if (from === undefined || to === undefined) throw unknown(interval, text);
  const lower = open?.name === '[' ? '>=' : '>';
  const upper = close?.name === ']' ? '<=' : '<';
  return `${subject} ${lower} ${celOf(from, text, subject)} && ${subject} ${upper} ${celOf(to, text, subject)}`;
}

function celOf(node: FeelNode, text: string, subject: string): string {
  const parts = childrenOf(node);
  const part = (index: number): string => celOf(parts[index]!, text, subject);
  switch (node.name) {
    case '?':
      return subject;
    case 'StringLiteral':
      return quoted(JSON.parse(sourceOf(node, text)) as string);
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'null':
      return sourceOf(node, text).replaceAll(/\s/g, '');
    case 'DateTimeLiteral':
      return instantToCel(node, text);
    case 'VariableName':
      return nameToCel(sourceOf(node, text));
    case 'PathExpression':
      return `${part(0)}.${nameToCel(sourceOf(parts[2]!, text))}`;
    case 'Comparison':
      if (parts.length !== 3 || parts[1]!.name !== 'CompareOp') throw unknown(node, text);
      return `${part(0)} ${operator(sourceOf(parts[1]!, text))} ${part(2)}`;
    case 'ArithmeticExpression':
      if (parts.length !== 3 || !/^[-+*/]$/.test(sourceOf(parts[1]!, text))) throw unknown(node, text);
      return `${part(0)} ${sourceOf(parts[1]!, text)} ${part(2)}`;
    case 'Conjunction':
      return `${part(0)} && ${part(2)}`;
    case 'Disjunction':
      return `(${part(0)} || ${part(2)})`;
    case 'ParenthesizedExpression':
      return `(${part(1)})`;
    case 'IfExpression':
      return `${part(1)} ? ${part(3)} : ${part(5)}`;
    case 'List':
      return `[${parts
        .filter(isValue)
        .map((each) => celOf(each, text, subject))
        .join(', ')}]`;
    case 'FunctionInvocation':
      return callToCel(node, text, subject);
    default:
      throw unknown(node, text);
  }
}

const METHODS: Readonly<Record<string, string>> = {
  'starts with': 'startsWith',
  'ends with': 'endsWith',
  contains: 'contains',
};

function callToCel(node: FeelNode, text: string, subject: string): string {
  const [callee, , parameters] = childrenOf(node);
  const name = callee === undefined ? '' : sourceOf(callee, text);
  const args = parameters === undefined ? [] : childrenOf(parameters).filter(isValue);
  const [first, second] = args.map((each) => celOf(each, text, subject));
  if (Object.hasOwn(METHODS, name) && second !== undefined) return `${first}.${METHODS[name]}(${second})`;
  if (name === 'not' && first !== undefined && second === undefined) return `!(${first})`;
  if (name === 'abs' && first !== undefined && second === undefined) return `abs(${first})`;
  throw new FeelError(
    `the function "${name}" has no counterpart; write this part by hand: ${sourceOf(node, text)}`,
  );
}

/** A date is midnight UTC; a time needs a zone. */
function instantToCel(node: FeelNode, text: string): string {
  const source = sourceOf(node, text);
  const [, kind, value] = /^(date and time|date)\(\s*"([^"]+)"\s*\)$/.exec(source) ?? [];
  if (kind === 'date') return `timestamp('${value}T00:00:00Z')`;
  if (kind === 'date and time' && /(Z|[+-]\d\d:\d\d)$/.test(value!)) return `timestamp('${value}')`;
  throw new FeelError(`${source} has no counterpart: write an instant with its zone by hand`);
}

function operator(feel: string): string {
  return feel === '=' ? '==' : feel;
}

/** A FEEL name may have spaces in it. */
export function nameToCel(name: string): string {
  const words = name.trim().split(/[^A-Za-z0-9_]+/);
  const [first = '', ...rest] = words.filter((word) => word !== '');
  return (
    first.charAt(0).toLowerCase() +
    first.slice(1) +
    rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function isLiteral({ name }: FeelNode): boolean {
  return name === 'StringLiteral' || name === 'NumericLiteral' || name === 'BooleanLiteral';
}

function isValue({ name }: FeelNode): boolean {
  return !['[', ']', ',', '(', ')'].includes(name);
}

function only(node: FeelNode): FeelNode {
  const children = childrenOf(node);
  if (children.length !== 1) throw new FeelError('one expression is expected');
  return children[0]!;
}

/** The parts of a node. */
export function childrenOf(node: FeelNode): readonly FeelNode[] {
  const children: FeelNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** What is written there. */
export function sourceOf(node: FeelNode, text: string): string {
  return text.slice(node.from, node.to);
}

function unknown(node: FeelNode, text: string): FeelError {
  return new FeelError(`"${sourceOf(node, text)}" has no counterpart; write this part by hand`);
}
