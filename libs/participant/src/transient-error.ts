/** What a {@link TransientError} may say beside its message. */
export interface TransientErrorOptions {
  /** Name of the failure on the wire. Default: `transient`. */
  readonly error?: string;
  /** Not before this long, in milliseconds; travels as whole seconds, rounded up. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Thrown by a handler that had no effect and may be asked again: the answer is `failed`, with a time to wait if known. */
export class TransientError extends Error {
  readonly error: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: TransientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TransientError';
    this.error = options.error ?? 'transient';
    this.retryAfterMs = options.retryAfterMs;
  }
}
