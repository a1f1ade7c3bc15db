import type { Instant } from './clock.js';
import type { Command } from './command.js';
import { header, type TraceHeaders } from './header-name.js';
import { jsonValue, optionalHeader, requiredHeader, traceOf } from './header-reading.js';
import type { Json } from './json.js';
import { MalformedRecordError } from './malformed-record-error.js';
import type { HeaderTexts, InboundRecord } from './record.js';
import type { SagaId } from './saga-id.js';
import { sendableUsage, usageOf } from './usage.js';

/** What a participant can say. `unknown` is never said; it is what silence means. */
export type ReplyOutcome = 'succeeded' | 'rejected' | 'failed' | 'accepted';

/** On `failed`: not before so many milliseconds; `never`: the same command would fail again, however often it is sent. */
export type RetryAfter = number | 'never';

/** A participant's answer to one command. */
export interface Reply {
  readonly id: string;
  readonly source: string;
  readonly saga: SagaId;
  /** `ce_id` of the command. */
  readonly causation: string;
  readonly operation: string;
  /** Attempt of the command answered, read off `causation`. */
  readonly attempt: number;
  readonly outcome: ReplyOutcome;
  /** Name of the business error (rejected) or of the failure (failed). */
  readonly error?: string;
  readonly retryAfterMs?: RetryAfter;
  /** What it used up, as it was written; {@link readUsage} reads it. */
  readonly usage?: string;
  readonly trace: TraceHeaders;
  readonly data: Json;
}

/** What a participant decides about a command. */
export interface Answer {
  readonly outcome: ReplyOutcome;
  readonly error?: string;
  readonly retryAfterMs?: RetryAfter;
  /** What it used up, as {@link usageText} writes it. */
  readonly usage?: string;
  readonly data: Json;
}

const outcomes: ReadonlySet<string> = new Set(['succeeded', 'rejected', 'failed', 'accepted']);

/** The id of a command on the wire: its operation and attempt. */
export function commandId(operation: string, attempt: number): string {
  return `${operation}.${attempt}`;
}

/** The headers of the answer to `command`, given by the participant `source` at `at`. */
export function replyHeaders(
  command: Pick<Command, 'id' | 'type' | 'saga' | 'operation'>,
  answer: Omit<Answer, 'data'>,
  source: string,
  at: Instant,
  trace: TraceHeaders,
): HeaderTexts {
  const headers: Record<string, string> = {
    [header.specVersion]: '1.0',
    [header.id]: `${command.id}.${answer.outcome}`,
    [header.source]: source,
    [header.type]: `${command.type}.${answer.outcome}`,
    [header.time]: new Date(at).toISOString(),
    [header.correlation]: command.saga,
    [header.causation]: command.id,
    [header.operation]: command.operation,
    [header.outcome]: answer.outcome,
  };
  if (answer.error !== undefined) headers[header.error] = answer.error;
  const { retryAfterMs } = answer;
  if (retryAfterMs !== undefined)
    headers[header.retryAfter] =
      retryAfterMs === 'never' ? retryAfterMs : String(Math.ceil(retryAfterMs / 1000));
  if (answer.usage !== undefined) headers[header.usage] = sendableUsage(answer.usage);
  return Object.assign(headers, trace);
}

/**
 * Reads a reply.
 *
 * @throws MalformedRecordError when a header is missing or malformed or the value is not JSON.
 */
export function readReply(record: InboundRecord): Reply {
  const outcome = requiredHeader(record, header.outcome);
  if (!outcomes.has(outcome)) {
    throw new MalformedRecordError(
      'malformed-header',
      `header ${header.outcome} is "${outcome.slice(0, 60)}"; it has to be succeeded, rejected, failed or accepted`,
    );
  }
  const causation = requiredHeader(record, header.causation);
  const error = optionalHeader(record, header.error);
  const retryAfterMs = retryAfterOf(record);
  const usage = usageOf(record);
  const reply: Reply = {
    id: requiredHeader(record, header.id),
    source: requiredHeader(record, header.source),
    saga: requiredHeader(record, header.correlation),
    causation,
    operation: requiredHeader(record, header.operation),
    attempt: attemptOf(causation),
    outcome: outcome as ReplyOutcome,
    ...(error === undefined ? {} : { error }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    trace: traceOf(record),
    data: jsonValue(record),
  };
  return usage === undefined ? reply : { ...reply, usage };
}

function attemptOf(causation: string): number {
  const text = causation.slice(causation.lastIndexOf('.') + 1);
  if (!/^\d{1,9}$/.test(text)) {
    throw new MalformedRecordError(
      'malformed-header',
      `header ${header.causation} is not the id of a command: it has to be echoed from ${header.id} of the command`,
    );
  }
  return Number(text);
}

/** Whole seconds, as in HTTP, or `never`. */
function retryAfterOf(record: InboundRecord): RetryAfter | undefined {
  const text = optionalHeader(record, header.retryAfter);
  if (text === undefined || text === 'never') return text;
  if (!/^\d{1,9}$/.test(text)) {
    throw new MalformedRecordError(
      'malformed-header',
      `header ${header.retryAfter} has to be whole seconds, or never`,
    );
  }
  return Number(text) * 1000;
}
