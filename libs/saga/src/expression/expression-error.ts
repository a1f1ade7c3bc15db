/**
 * An expression could not be evaluated over the values it met, for example because a field is missing.
 * The engine raises the error `invalid` when it meets one.
 */
export class ExpressionError extends Error {
  readonly code = 'EXPRESSION_FAILED';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExpressionError';
  }
}
