/** A mistake found in the text of an expression. `offset` counts characters from the expression's start. */
export class ExpressionProblem extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
    this.name = 'ExpressionProblem';
  }
}
