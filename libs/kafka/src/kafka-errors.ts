import { SagaError, type ErrorContext } from '#libs/messaging';

/** The cluster did not answer, or not usefully. The same call may succeed later. */
export class KafkaUnavailableError extends SagaError {
  override readonly code = 'KAFKA_UNAVAILABLE';
  override readonly retryable = true;

  constructor(attempted: string, cause: unknown, context: ErrorContext = {}) {
    super(`${attempted}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause, context });
  }
}

/** Topics that have to exist do not. */
export class TopicMissingError extends SagaError {
  override readonly code = 'TOPIC_MISSING';
  override readonly retryable = true;

  constructor(readonly topics: readonly string[]) {
    super(
      `there is no topic ${topics.join(', ')}: create it, for example with kafka-topics.sh --create --topic ${topics[0]}`,
    );
  }
}

/** A position of a partition that is not ours cannot be written: its new owner may be further on. */
export class PartitionNotAssignedError extends SagaError {
  override readonly code = 'PARTITION_NOT_ASSIGNED';
  override readonly retryable = false;

  constructor(partition: string) {
    super(`partition ${partition} is not assigned to this process`, { context: { partition } });
  }
}

/** True when the broker does not believe who we are. */
export function isUnbelieved(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at.name === 'KafkaJSSASLAuthenticationError') return true;
  return false;
}

/** True when trying again cannot help: credentials, permissions or settings are wrong. */
export function isPermanent(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type } = at as { readonly type?: unknown };
    if (at instanceof SagaError && at.code === 'ACCESS_DENIED') return true;
    if (permanentNames.has(at.name) || (typeof type === 'string' && permanentTypes.has(type))) return true;
  }
  return false;
}

const permanentNames: ReadonlySet<string> = new Set([
  'KafkaJSSASLAuthenticationError',
  'KafkaJSNotImplemented',
]);
const permanentTypes: ReadonlySet<string> = new Set([
  'GROUP_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_SESSION_TIMEOUT',
  'INVALID_GROUP_ID',
  'UNSUPPORTED_VERSION',
]);
