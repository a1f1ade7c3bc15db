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
  | 'NOT_EMPTY'
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

/** Nobody has published a definition of this name. */
export function unknownDefinition(definition: string): RequestError {
  return new RequestError('UNKNOWN_DEFINITION', `there is no definition "${definition}"`);
}

/** Nobody has published this version of a definition, or where none is named any. */
export function unknownVersion(definition: string, version: number | undefined): RequestError {
  const which = version === undefined ? '' : ` version ${version}`;
  return new RequestError('UNKNOWN_DEFINITION', `there is no definition ${definition}${which}`);
}

/** No saga has this id, or none any more. */
export function unknownSaga(id: string): RequestError {
  return new RequestError('UNKNOWN_SAGA', `there is no saga ${id}`);
}

/** No task has this id, or none any more. */
export function unknownTask(id: string): RequestError {
  return new RequestError('UNKNOWN_TASK', `there is no task ${id}; one that is over is kept for thirty days`);
}

/** The broker did not take a record in time. Whether it arrived is unknown; the same request may be repeated. */
export class BrokerUnavailableError extends SagaError {
  override readonly code = 'BROKER_UNAVAILABLE';
  override readonly retryable = true;
}
