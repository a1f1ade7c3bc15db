import type { Offset } from '#libs/messaging';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { AbortedTransaction } from './record-batch-decoder.js';
import type { KafkaRequest } from './request.js';

/** A partition to be read and from where. The topic is meant by its id: a topic made anew has another one. */
export interface FetchPart {
  readonly topicId: string;
  readonly part: number;
  readonly from: Offset;
}

/** How much to read and how long to wait for it. */
export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

/** What the broker says about one partition. `bytes` holds record batches, the last one possibly cut off. */
export interface FetchedPartition {
  readonly topicId: string;
  readonly part: number;
  readonly errorCode: number;
  /** The offset behind the last record that is confirmed. */
  readonly highWatermark: Offset;
  readonly aborted: readonly AbortedTransaction[];
  readonly bytes: Buffer;
}

const readCommitted = 1;

/**
 * Fetch, version 13, without a session.
 *
 * The first version that names topics by id: one that was deleted and made again is an error, where the client's own
 * version would read on in the new topic at the old offset. Keeps the answer of each partition, where the client throws
 * the first error.
 */
export function fetchRequest(
  parts: readonly FetchPart[],
  limits: FetchLimits,
): KafkaRequest<readonly FetchedPartition[]> {
  return {
    apiKey: 1,
    apiVersion: 13,
    apiName: 'Fetch',
    isFlexible: true,
    timeoutMs: limits.maxWaitMs + 10_000,
    write: (writer) => writeFetch(writer, parts, limits),
    read: readFetch,
  };
}

function writeFetch(writer: ByteWriter, parts: readonly FetchPart[], limits: FetchLimits): void {
  writer.int32(-1);
  writer.int32(limits.maxWaitMs);
  writer.int32(limits.minBytes);
  writer.int32(limits.maxBytes);
  writer.int8(readCommitted);
  writer.int32(0);
  writer.int32(-1);
  // One entry a partition, also of the same topic, keeps the order given: the broker fills the answer in that order.
  writer.compactLength(parts.length);
  for (const { topicId, part, from } of parts) {
    writer.uuid(topicId);
    writer.compactLength(1);
    writer.int32(part);
    writer.int32(-1);
    writer.int64(from);
    writer.int32(-1);
    writer.int64(-1);
    writer.int32(limits.maxBytesPerPartition);
    writer.noTags();
    writer.noTags();
  }
  writer.compactLength(0);
  writer.compactString('');
  writer.noTags();
}

function readFetch(reader: ByteReader): readonly FetchedPartition[] {
  reader.at += 4;
  const errorCode = reader.int16();
  if (errorCode !== 0) throw new Error(`fetch refused with error code ${errorCode}`);
  reader.at += 4;
  return reader.compactArray(readTopic).flat();
}

function readTopic(reader: ByteReader): readonly FetchedPartition[] {
  const topicId = reader.uuid();
  const partitions = reader.compactArray(() => readPartition(reader, topicId));
  reader.skipTags();
  return partitions;
}

function readPartition(reader: ByteReader, topicId: string): FetchedPartition {
  const part = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  reader.at += 16;
  const aborted = reader.compactArray(readAborted);
  reader.at += 4;
  const size = Math.max(reader.compactLength(), 0);
  const bytes = reader.bytes.subarray(reader.at, reader.at + size);
  reader.at += size;
  reader.skipTags();
  return { topicId, part, errorCode, highWatermark, aborted, bytes };
}

function readAborted(reader: ByteReader): AbortedTransaction {
  const aborted = { producerId: reader.id64(), firstOffset: reader.int64() };
  reader.skipTags();
  return aborted;
}
