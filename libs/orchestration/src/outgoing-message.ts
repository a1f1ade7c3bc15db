import type { HeaderTexts, InboundRecord, Instant, SagaId } from '#libs/messaging';

/**
 * A message of a saga on its way to the broker. Its partition is chosen when it is sent, because the topic may not
 * exist yet when it is committed.
 */
export interface OutgoingMessage {
  readonly saga: SagaId;
  readonly topic: string;
  /** A fixed partition; absent: commands are spread by saga, events by key. */
  readonly part?: number;
  readonly key: string;
  readonly value: string | null;
  readonly headers: HeaderTexts;
  /** On a command: what its saga is told when the broker refuses it for good. */
  readonly command?: { readonly operation: string; readonly attempt: number };
  /** Its place among the messages of its commit, where some of them are limited. */
  readonly n?: number;
  /** The limit that says when it may leave. */
  readonly limit?: string;
  /** Of one that is limited: how far it goes before others; absent: not at all. */
  readonly priority?: number;
}

/** What one commit put into the outbox. */
export interface OutgoingBatch {
  /** Time of the last record folded; timeouts of its commands count from when they were really sent. */
  readonly at: Instant;
  readonly messages: readonly OutgoingMessage[];
}

/** The stored form of a batch; what else the object given may hold is left out. */
export function encodeOutgoing({ at, messages }: OutgoingBatch): string {
  return JSON.stringify({ at, messages });
}

/** Reads what {@link encodeOutgoing} wrote. */
export function decodeOutgoing(payload: string): OutgoingBatch {
  return JSON.parse(payload) as OutgoingBatch;
}

/** A record that a client with another partitioner put into a wrong home, on its way to the one it belongs to. */
export function forwardedMessage(record: InboundRecord, saga: SagaId, part: number): OutgoingMessage {
  const headers = Object.entries(record.headers).map(([name, bytes]) => [name, bytes.toString('utf8')]);
  return {
    saga,
    topic: record.topic,
    part,
    key: record.key!.toString('utf8'),
    value: record.value?.toString('utf8') ?? null,
    headers: Object.fromEntries(headers) as HeaderTexts,
  };
}
