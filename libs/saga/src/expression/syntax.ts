import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { ExpressionProblem } from './expression-problem.js';
import { foreignSyntax } from './other-languages.js';

/** One node of a parsed expression. */
export type Syntax = ASTNode;

/** The node with this operator. */
export type SyntaxOf<Op extends Syntax['op']> = Extract<Syntax, { readonly op: Op }>;

// Only the grammar is taken from here. Values are computed by our own closures, because CEL tells
// integers from doubles and JSON does not: `input.count + 1` would be an error.
const grammar = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 2_000, maxDepth: 100 },
});

/** @throws ExpressionProblem when the text is no expression. */
export function parseExpression(text: string): Syntax {
  if (text.trim() === '') throw new ExpressionProblem('the expression is empty', 0);
  try {
    return grammar.parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const offset = error.range?.start ?? 0;
    throw new ExpressionProblem(explained(error.summary, text, offset), offset);
  }
}

function explained(summary: string, text: string, offset: number): string {
  if (/Unexpected character: '?=/.test(summary))
    return 'a comparison is written with two equal signs: a == b';
  if (/(?:token:|got) EOF/.test(summary)) return 'the expression ends too early';
  if (text.includes('${'))
    return '`${ }` is not written where a key can only hold an expression; leave it out';
  const foreign = foreignSyntax(text, offset);
  if (foreign !== undefined) return foreign;
  return `this is no expression: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`;
}
