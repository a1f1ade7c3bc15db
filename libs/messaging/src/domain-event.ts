import type { Instant } from './clock.js';
import { partsText, readParts, type EncryptedPart } from './encrypted-parts.js';
import { header, type TraceHeaders } from './header-name.js';
import { jsonValue, optionalHeader, requiredHeader, timeHeader, traceOf } from './header-reading.js';
import type { Json } from './json.js';
import type { HeaderTexts, InboundRecord } from './record.js';
import type { SagaId } from './saga-id.js';

/** A fact that others may listen to, as it travels. */
export interface DomainEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly at: Instant;
  /** The saga whose command or outcome caused it, if it says so. */
  readonly correlation?: SagaId;
  readonly causation?: string;
  /** How many sagas lie behind it; 0 when the header is absent. */
  readonly hops: number;
  readonly revision?: number;
  /** Which parts of its data are encrypted; absent: none. */
  readonly encrypted?: readonly EncryptedPart[] | undefined;
  readonly trace: TraceHeaders;
  readonly data: Json;
}

/** The headers of a domain event. */
export function eventHeaders(event: Omit<DomainEvent, 'data'>): HeaderTexts {
  const headers: Record<string, string> = {
    [header.specVersion]: '1.0',
    [header.id]: event.id,
    [header.source]: event.source,
    [header.type]: event.type,
    [header.time]: new Date(event.at).toISOString(),
    [header.hops]: String(event.hops),
  };
  if (event.correlation !== undefined) headers[header.correlation] = event.correlation;
  if (event.causation !== undefined) headers[header.causation] = event.causation;
  if (event.revision !== undefined) headers[header.revision] = String(event.revision);
  if (event.encrypted !== undefined) headers[header.encrypted] = partsText(event.encrypted);
  return Object.assign(headers, event.trace);
}

/** The type of a domain event without reading the rest, or `undefined`. For skipping what no trigger wants. */
export function eventType(record: InboundRecord): string | undefined {
  return optionalHeader(record, header.type);
}

/**
 * Reads a domain event. Without `ce_time` the record's own timestamp counts; without `ce_id` its position does, so
 * that a producer's own duplicates are not recognised.
 *
 * @throws MalformedRecordError when a header is malformed or the value is not JSON.
 */
export function readDomainEvent(record: InboundRecord): DomainEvent {
  const id = optionalHeader(record, header.id);
  const correlation = optionalHeader(record, header.correlation);
  const causation = optionalHeader(record, header.causation);
  const hops = optionalHeader(record, header.hops);
  const encrypted = optionalHeader(record, header.encrypted);
  return {
    // An empty id would make one event of all that have it.
    id: id || `${record.part}/${record.offset}`,
    source: optionalHeader(record, header.source) || `/kafka/${record.topic}`,
    type: requiredHeader(record, header.type),
    // Kafka writes -1 where a producer gave no time.
    at:
      record.headers[header.time] === undefined
        ? Math.max(0, record.timestamp)
        : timeHeader(record, header.time),
    hops: hops !== undefined && /^\d{1,6}$/.test(hops) ? Number(hops) : 0,
    ...(correlation === undefined ? {} : { correlation }),
    ...(causation === undefined ? {} : { causation }),
    ...(encrypted === undefined ? {} : { encrypted: readParts(encrypted, header.encrypted) }),
    trace: traceOf(record),
    data: jsonValue(record),
  };
}
