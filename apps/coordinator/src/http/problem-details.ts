import { HttpException } from '@nestjs/common';
import { SagaError } from '#libs/messaging';
import { RequestError, type RequestErrorCode } from '#libs/orchestration';

/** What is told of a failed request: RFC 9457. `type` is stable and names the code. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** Path of the request. */
  readonly instance?: string;
  /** Everything that is wrong with the request, each with its place. */
  readonly problems?: readonly string[];
}

const requestStatus: Readonly<Record<RequestErrorCode, readonly [number, string]>> = {
  UNKNOWN_SAGA: [404, 'No such saga'],
  UNKNOWN_TASK: [404, 'No such task'],
  UNKNOWN_DEFINITION: [404, 'No such definition'],
  UNKNOWN_WEBHOOK: [404, 'No such webhook'],
  NOT_SIGNED: [401, 'The request is not signed as it should be'],
  NOT_ALLOWED: [403, 'Not allowed'],
  UNKNOWN_PARKED_RECORD: [404, 'No such parked record'],
  INVALID_INPUT: [422, 'The input is not valid'],
  INVALID_REQUEST: [400, 'The request is not valid'],
  INVALID_DEFINITIONS: [422, 'The definitions are not valid'],
  MISSING_TOPICS: [422, 'Topics are missing'],
  NOT_EMPTY: [409, 'The installation is not empty'],
  IDEMPOTENCY_KEY_REUSED: [422, 'The idempotency key was used for something else'],
  TOO_LARGE: [413, 'The value is too large'],
};

const otherStatus: Readonly<Record<string, readonly [number, string]>> = {
  DEFINITION_CONFLICT: [409, 'The version is published with another text'],
  STORE_UNAVAILABLE: [503, 'The database does not answer'],
  BROKER_UNAVAILABLE: [503, 'The broker does not answer'],
  KAFKA_UNAVAILABLE: [503, 'The broker does not answer'],
  STORE_REFUSED: [422, 'The content cannot be stored'],
  LAYOUT: [409, 'Database or topics are not as expected'],
};

/** Describes an error to a client. Of what is not meant for clients only that it happened is told. */
export function problemOf(error: unknown): ProblemDetails {
  if (error instanceof RequestError) {
    const [status, title] = requestStatus[error.code];
    return problem(status, title, error.code, error.message, error.problems);
  }
  if (error instanceof SagaError && otherStatus[error.code] !== undefined) {
    const [status, title] = otherStatus[error.code]!;
    return problem(status, title, error.code, error.message);
  }
  if (error instanceof HttpException) return httpProblem(error);
  return problem(
    500,
    'Internal error',
    'INTERNAL',
    'the request failed for a reason that is in the log of the coordinator',
  );
}

/** A request that was understood and turned down by its saga. */
export function actionRefused(detail: string): ProblemDetails {
  return problem(409, 'The action was refused', 'REFUSED', detail);
}

function problem(
  status: number,
  title: string,
  code: string,
  detail: string,
  problems: readonly string[] = [],
): ProblemDetails {
  const type = `urn:skald:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title, status, code, detail, ...(problems.length === 0 ? {} : { problems }) };
}

/** What Nest and Fastify say about requests they turn away: unknown paths, bodies that are too large or not JSON. */
function httpProblem(error: HttpException): ProblemDetails {
  const status = error.getStatus();
  const title = httpTitles[status] ?? (status < 500 ? 'The request is not valid' : 'Internal error');
  return problem(
    status,
    title,
    httpCodes[status] ?? (status < 500 ? 'INVALID_REQUEST' : 'INTERNAL'),
    error.message,
  );
}

const httpTitles: Readonly<Record<number, string>> = {
  404: 'No such resource',
  405: 'Method not allowed',
  413: 'The body is too large',
  415: 'The content type is not supported',
};

const httpCodes: Readonly<Record<number, string>> = {
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};
