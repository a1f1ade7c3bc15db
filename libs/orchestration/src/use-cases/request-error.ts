import { SagaError, type ErrorContext } from '#libs/messaging';

/** Why a request was turned down. Stable: clients decide by it. */
export type RequestErrorCode =
  | 'UNKNOWN_SAGA'
  | 'UNKNOWN_TASK'
  | 'UNKNOWN_DEFINITION'
  | 'UNKNOWN_PARKED_RECORD'
  | 'UNKNOWN_WEBHOOK'
  | 'NOT_SIGNED'
  | 'NOT_ALLOWED'
  | 'INVALID_INPUT'
  | 'INVALID_REQUEST'
  | 'INVALID_DEFINITIONS'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'MISSING_TOPICS'
  | 'TOO_LARGE';

/** A request that cannot be carried out as it is. `problems` lists everything that is wrong with it, one a line. */
export class RequestError extends SagaError {
  override readonly retryable = false;

  constructor(
    override readonly code: RequestErrorCode,
    message: string,
    readonly problems: readonly string[] = [],
    context: ErrorContext = {},
  ) {
    super(message, { context });
  }
}

/** The broker did not take a record in time. Whether it arrived is unknown; the same request may be repeated. */
export class BrokerUnavailableError extends SagaError {
  override readonly code = 'BROKER_UNAVAILABLE';
  override readonly retryable = true;
}
