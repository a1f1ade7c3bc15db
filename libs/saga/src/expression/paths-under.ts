import { parseExpression, type Syntax } from './syntax.js';

/** What an expression reads under a name: `amount` and `approvedBy` of `data.amount < 5 || has(data.approvedBy)`. */
export function pathsUnder(root: string, text: string): readonly (readonly string[])[] {
  const paths = pathsIn(parseExpression(text), root);
  return paths.filter((path, index) => paths.findIndex((other) => isSame(other, path)) === index);
}

function pathsIn(part: unknown, root: string): readonly (readonly string[])[] {
  if (Array.isArray(part)) return part.flatMap((each: unknown) => pathsIn(each, root));
  if (!isSyntax(part)) return [];
  const path = pathOf(part, root);
  return path === undefined ? pathsIn(part.args, root) : [path];
}

function pathOf(node: Syntax, root: string): readonly string[] | undefined {
  if (node.op === 'id') return node.args === root ? [] : undefined;
  if (node.op !== '.' && node.op !== '.?') return undefined;
  const [of, field] = node.args;
  const outer = pathOf(of, root);
  return outer && typeof field === 'string' ? [...outer, field] : undefined;
}

function isSyntax(part: unknown): part is Syntax {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((step, index) => step === other[index]);
}
