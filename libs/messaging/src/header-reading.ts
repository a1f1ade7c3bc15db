import type { Instant } from './clock.js';
import { header, traceStarts, type TraceHeaders } from './header-name.js';
import type { Json } from './json.js';
import { MalformedRecordError } from './malformed-record-error.js';
import { headerText, type InboundRecord } from './record.js';

/** A header that must be there and not be empty. @throws MalformedRecordError */
export function requiredHeader(record: InboundRecord, name: string): string {
  const text = optionalHeader(record, name);
  if (text === undefined || text === '') {
    throw new MalformedRecordError('missing-header', `header ${name} is missing`);
  }
  return text;
}

/** A header that may be missing. @throws MalformedRecordError when it contains NUL, which no text column takes. */
export function optionalHeader(record: InboundRecord, name: string): string | undefined {
  const text = headerText(record.headers, name);
  if (text?.includes('\0'))
    throw new MalformedRecordError('nul-character', `header ${name} contains a NUL character`);
  return text;
}

/** A header that holds a whole number of 0 or more. @throws MalformedRecordError */
export function integerHeader(record: InboundRecord, name: string): number {
  const text = requiredHeader(record, name);
  if (!/^\d{1,15}$/.test(text)) {
    throw new MalformedRecordError(
      'malformed-header',
      `header ${name} is "${excerpt(text)}", not a whole number`,
    );
  }
  return Number(text);
}

/** A header that holds an instant in RFC 3339 with a zone. @throws MalformedRecordError */
export function timeHeader(record: InboundRecord, name: string): Instant {
  const text = requiredHeader(record, name);
  const at = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
  // Earlier instants have no place in a saga id, which begins with 48 bits of milliseconds.
  if (!(at >= 0)) {
    throw new MalformedRecordError(
      'malformed-header',
      `header ${name} is "${excerpt(text)}"; it has to be a time with a zone after 1970, like 2026-01-31T12:00:00Z`,
    );
  }
  return at;
}

const traceparentForm = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x20-\x7e]{0,64})?$/;
const printable = /^[\x20-\x7e]*$/;
/** What W3C asks everybody to pass on at least; more is dropped. */
const maxTracestate = 512;
const maxBaggage = 8_192;

/**
 * The W3C trace headers of a record. As the standard has it, what is malformed or too long counts as absent: a trace is
 * never a reason to park a record, and never carries into a row or a message what could not be stored there.
 */
export function traceOf(record: InboundRecord): TraceHeaders {
  const traceparent = headerText(record.headers, header.traceparent);
  const start = traceStartOf(record);
  if (traceparent === undefined || !traceparentForm.test(traceparent)) return start ?? noTrace;
  const tracestate = passedOn(record, header.tracestate, maxTracestate);
  const baggage = passedOn(record, header.baggage, maxBaggage);
  return {
    traceparent,
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(baggage === undefined ? {} : { baggage }),
    ...start,
  };
}

/** It counts for a context in another convention as well, so it is read also where there is none of W3C's. */
function traceStartOf({ headers }: InboundRecord): TraceHeaders | undefined {
  const text = headerText(headers, header.traceStart);
  const start = text === undefined ? undefined : traceStarts.find((one) => one === text);
  return start && { [header.traceStart]: start };
}

function passedOn(record: InboundRecord, name: string, maxLength: number): string | undefined {
  const text = headerText(record.headers, name);
  return text !== undefined && text.length <= maxLength && printable.test(text) ? text : undefined;
}

const noTrace: TraceHeaders = {};

/** The value of a record as JSON; an absent or empty value is `null`. @throws MalformedRecordError */
export function jsonValue(record: InboundRecord): Json {
  if (record.value === null || record.value.length === 0) return null;
  return jsonOfText(record.value.toString('utf8'));
}

/** A text as JSON that can be stored. @throws MalformedRecordError */
export function jsonOfText(text: string): Json {
  // Both spellings of NUL pass JSON.parse, and Postgres refuses the text or any later read of it.
  if (text.includes('\\u0000') && /(?<!\\)(?:\\\\)*\\u0000/.test(text)) {
    throw new MalformedRecordError('nul-character', 'the value contains a NUL character');
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new MalformedRecordError(
      'not-json',
      `the value is not JSON: ${(error as Error).message.slice(0, 200)}`,
    );
  }
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
