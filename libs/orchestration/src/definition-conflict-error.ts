import { SagaError } from '#libs/messaging';

/** A version was published before with another text. Give the new text a new version. */
export class DefinitionConflictError extends SagaError {
  override readonly code = 'DEFINITION_CONFLICT';
  override readonly retryable = false;
}
