import type { Instant, OutgoingRecord } from '#libs/messaging';
import type { ByteWriter } from './byte-writer.js';
import { crc32c } from './crc32c.js';

/** What a record batch says beside its records. */
export interface BatchHead {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly at: Instant;
}

/** Which of the records waiting go into a batch: from `from` up to, not including, `to`, as long as they fit. */
export interface BatchRange {
  readonly from: number;
  readonly to: number;
  readonly maxBytes: number;
}

/** Bytes between the length field of a batch and its records. */
export const batchOverhead = 49;
const formatVersion = 2;

/** Names of headers with their length in front, ready to be copied: there are few, and each is written for every record. */
const names = new Map<string, Uint8Array>();
const mostNames = 1_000;

/**
 * Writes the records of `range` as one record batch, byte for byte as kafkajs would, and returns the index behind the
 * last one written.
 *
 * It stops before the record that would make the batch larger than `maxBytes`; the first one is written in any case, so
 * that the broker can say that it is too large. It goes over the records once and makes no objects: encoding was the
 * largest part of what a coordinator spends.
 */
export function writeRecordBatch(
  writer: ByteWriter,
  records: readonly OutgoingRecord[],
  { from, to, maxBytes }: BatchRange,
  head: BatchHead,
): number {
  const start = writer.at;
  writer.ensure(12 + batchOverhead);
  writer.at = start + 12 + batchOverhead;
  let next = from;
  while (next < to) {
    const recordStart = writer.at;
    writeRecord(writer, records[next]!, next - from);
    if (next > from && writer.at - start > maxBytes) {
      writer.at = recordStart;
      break;
    }
    next += 1;
  }
  writeHead(writer, start, next - from, head);
  return next;
}

function writeHead(writer: ByteWriter, start: number, count: number, head: BatchHead): void {
  const end = writer.at;
  writer.at = start;
  writer.int64(0);
  writer.int32(end - start - 12);
  writer.int32(0);
  writer.int8(formatVersion);
  const crcAt = writer.at;
  writer.int32(0);
  const bodyAt = writer.at;
  writer.int16(0);
  writer.int32(count - 1);
  writer.int64(head.at);
  writer.int64(head.at);
  writer.bigInt64(head.producerId);
  writer.int16(head.producerEpoch);
  writer.int32(head.firstSequence);
  writer.int32(count);
  writer.int32At(crcAt, crc32c(writer.bytes, bodyAt, end));
  writer.at = end;
}

function writeRecord(writer: ByteWriter, record: OutgoingRecord, offsetDelta: number): void {
  const start = writer.at;
  // Two bytes hold the length of records from 64 bytes to 8 kB: the usual one needs no moving.
  writer.ensure(16);
  writer.at = start + 2;
  writer.int8(0);
  writer.int8(0);
  writer.varInt(offsetDelta);
  writer.varText(record.key);
  if (record.value === null) writer.varInt(-1);
  else writer.varText(record.value);
  writeHeaders(writer, record.headers);
  writer.closeLength(start, 2);
}

function writeHeaders(writer: ByteWriter, headers: OutgoingRecord['headers']): void {
  const keys = Object.keys(headers);
  writer.varInt(keys.length);
  for (const key of keys) {
    const name = names.get(key) ?? nameOf(key);
    const { length } = name;
    writer.ensure(length);
    const { bytes, at } = writer;
    for (let index = 0; index < length; index += 1) bytes[at + index] = name[index]!;
    writer.at = at + length;
    writer.varText(headers[key]!);
  }
}

function nameOf(key: string): Uint8Array {
  const text = Buffer.from(key);
  const length: number[] = [];
  let rest = text.length * 2;
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  length.push(rest);
  const name = Uint8Array.from([...length, ...text]);
  if (names.size < mostNames) names.set(key, name);
  return name;
}
