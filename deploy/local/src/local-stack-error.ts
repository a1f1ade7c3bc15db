/** Why a local broker or database could not be used, as a stable code. */
export type LocalStackErrorCode =
  | 'NOT_ANSWERING'
  | 'START_FAILED'
  | 'IN_USE'
  | 'NOT_CONTROLLABLE'
  | 'DOWNLOAD_FAILED';

/** A local broker or database could not be started, reached or controlled; `code` says which. */
export class LocalStackError extends Error {
  override readonly name = 'LocalStackError';

  constructor(
    readonly code: LocalStackErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
