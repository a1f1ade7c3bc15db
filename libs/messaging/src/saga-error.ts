/** Ids that help to find what an error is about. Never payloads. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** Something went wrong. `code` is stable, `retryable` says whether the same call may succeed later. */
export abstract class SagaError extends Error {
  /** Stable, SCREAMING_SNAKE. */
  abstract readonly code: string;
  /** True: try the same again with backoff. False: park it and raise an incident. */
  abstract readonly retryable: boolean;
  readonly context: ErrorContext;

  constructor(message: string, options: { readonly context?: ErrorContext; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.context = options.context ?? {};
  }
}
