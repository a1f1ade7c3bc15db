import { SagaError, type ErrorContext } from '#libs/messaging';
import { didYouMean } from '#libs/saga';

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

/** A version of a definition that is published. */
interface PublishedVersion {
  readonly definition: string;
  readonly version: number;
}

const mostListed = 24;

/** Nobody has published a definition of this name; says which one could be meant. */
export function unknownDefinition(
  definition: string,
  published: readonly Pick<PublishedVersion, 'definition'>[],
): RequestError {
  const names = [...new Set(published.map((each) => each.definition))].toSorted();
  return new RequestError(
    'UNKNOWN_DEFINITION',
    `there is no definition "${definition}"${meant(definition, names)}`,
  );
}

/** Nobody has published this version of a definition, or where none is named any. */
export function unknownVersion(
  definition: string,
  version: number | undefined,
  published: readonly PublishedVersion[],
): RequestError {
  const versions = published.filter((each) => each.definition === definition).map((each) => each.version);
  if (version === undefined || versions.length === 0) return unknownDefinition(definition, published);
  const known = versions.toSorted((one, other) => one - other).slice(-mostListed);
  return new RequestError(
    'UNKNOWN_DEFINITION',
    `there is no version ${version} of definition "${definition}"; published are: ${known.join(', ')}`,
  );
}

function meant(word: string, names: readonly string[]): string {
  if (names.length === 0) return '; nothing is published yet';
  const nearest = didYouMean(word, names);
  if (nearest !== '') return `.${nearest}`;
  return names.length > mostListed ? '' : `; published are: ${names.join(', ')}`;
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
