import { ExpressionError } from './expression-error.js';

/**
 * An expression reads a fact that was fresh when it was asked for, and is too old by now.
 * The engine raises the error `stale` when it meets one.
 */
export class StaleFactError extends ExpressionError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StaleFactError';
  }
}
