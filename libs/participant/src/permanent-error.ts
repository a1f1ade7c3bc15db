/** What a {@link PermanentError} may say beside its message. */
export interface PermanentErrorOptions {
  /** Name of the failure on the wire. Default: `permanent`. */
  readonly error?: string;
  readonly cause?: unknown;
}

/**
 * Thrown by a handler that had no effect and would fail again, however often it is asked: the answer is `failed`, and
 * no further attempt is made. A "no" of the business is `rejected` instead.
 */
export class PermanentError extends Error {
  readonly error: string;

  constructor(message: string, options: PermanentErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PermanentError';
    this.error = options.error ?? 'permanent';
  }
}
