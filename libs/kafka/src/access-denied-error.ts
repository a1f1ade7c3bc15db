import { SagaError } from '#libs/messaging';

/** What the broker's authoriser did not allow, in the words of its own tools. */
export interface Denial {
  /** `User:skald`. */
  readonly principal: string;
  readonly operation: 'Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs';
  readonly resource: 'topic' | 'group';
  readonly name: string;
}

/** The broker's authoriser does not let us; the message says who lacks which operation on what. */
export class AccessDeniedError extends SagaError {
  override readonly code = 'ACCESS_DENIED';
  override readonly retryable = false;

  constructor(denial: Denial, cause?: unknown) {
    super(denialText(denial), { cause, context: { resource: `${denial.resource} ${denial.name}` } });
  }
}

/** Who lacks which operation on what, for people. */
export function denialText({ principal, operation, resource, name }: Denial): string {
  // Who may not even see a topic is not told which of the others is missing, too.
  const included = operation === 'Describe' ? ' (part of Read and of Write)' : '';
  return `the broker does not allow ${principal} ${operation}${included} on ${resource} ${name}; "skald acls" lists what is needed`;
}

/** What an error of the client says is not allowed, wherever it stands among its causes. */
export function deniedIn(
  error: unknown,
): (Pick<Denial, 'resource'> & { readonly name?: string }) | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type, topic } = at as { readonly type?: unknown; readonly topic?: string };
    if (type === 'TOPIC_AUTHORIZATION_FAILED')
      return { resource: 'topic', ...(topic === undefined ? {} : { name: topic }) };
    if (type === 'GROUP_AUTHORIZATION_FAILED') return { resource: 'group' };
  }
  return undefined;
}

/** Kafka's error code of a topic that may not be used. */
export const topicDenied = 29;
