import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { KafkaRequest } from './request.js';

/** What the broker says about the batch of one partition. */
export interface ProducedPartition {
  readonly topic: string;
  readonly part: number;
  readonly errorCode: number;
  /** Offset of the batch's first record; -1 when the broker does not know it. */
  readonly baseOffset: number;
}

/** One partition of a request: `write` appends its record batch, and is called only if the partition is sent. */
export interface ProducePart {
  readonly topic: string;
  readonly part: number;
  write(writer: ByteWriter): void;
}

/** Confirmed by all in-sync replicas. */
const allReplicas = -1;

/**
 * Produce, version 7, for partitions that all have the same leader. Partitions of one topic have to stand together.
 *
 * Partitions are left out from where the request has reached `maxBytes`; the first one is always sent.
 *
 * Unlike the client's own request it keeps the answer of each partition: the client throws the first error it finds and
 * so forgets which partitions were stored.
 */
export function produceRequest(
  parts: readonly ProducePart[],
  ackTimeoutMs: number,
  maxBytes: number,
): KafkaRequest<readonly ProducedPartition[]> {
  return {
    apiKey: 0,
    apiVersion: 7,
    apiName: 'Produce',
    isFlexible: false,
    timeoutMs: ackTimeoutMs + 2_000,
    write: (writer) => writeProduce(writer, parts, ackTimeoutMs, maxBytes),
    read: (reader) => reader.array(readTopic).flat(),
  };
}

function writeProduce(
  writer: ByteWriter,
  parts: readonly ProducePart[],
  ackTimeoutMs: number,
  maxBytes: number,
): void {
  writer.string(null);
  writer.int16(allReplicas);
  writer.int32(ackTimeoutMs);
  const topicCountAt = writer.at;
  writer.int32(0);
  let topics = 0;
  for (let at = 0; at < parts.length && (at === 0 || writer.at < maxBytes); topics += 1) {
    at = writeTopic(writer, parts, at, maxBytes);
  }
  writer.int32At(topicCountAt, topics);
}

/** Writes the partitions of the topic at `from` and returns the index behind the last one written. */
function writeTopic(
  writer: ByteWriter,
  parts: readonly ProducePart[],
  from: number,
  maxBytes: number,
): number {
  const { topic } = parts[from]!;
  writer.string(topic);
  const countAt = writer.at;
  writer.int32(0);
  let at = from;
  for (; at < parts.length && parts[at]!.topic === topic; at += 1) {
    if (at > from && writer.at >= maxBytes) break;
    writer.int32(parts[at]!.part);
    const sizeAt = writer.at;
    writer.int32(0);
    parts[at]!.write(writer);
    writer.int32At(sizeAt, writer.at - sizeAt - 4);
  }
  writer.int32At(countAt, at - from);
  return at;
}

function readTopic(reader: ByteReader): readonly ProducedPartition[] {
  const topic = reader.string()!;
  return reader.array(() => {
    const part = reader.int32();
    const errorCode = reader.int16();
    const baseOffset = reader.int64();
    reader.at += 16;
    return { topic, part, errorCode, baseOffset };
  });
}
