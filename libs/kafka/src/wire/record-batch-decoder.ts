import type { HeaderBytes, InboundRecord, Offset } from '#libs/messaging';
import { ByteReader } from './byte-reader.js';

/** A transaction that was aborted: records of `producerId` from `firstOffset` up to its marker do not count. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: Offset;
}

/** What a fetch returned for one partition, before it is decoded. */
export interface FetchedBytes {
  readonly topic: string;
  readonly part: number;
  readonly from: Offset;
  readonly bytes: Buffer;
  readonly aborted: readonly AbortedTransaction[];
}

/** The records of a fetch that count, and the offset the following fetch has to ask for. */
export interface DecodedRecords {
  readonly records: readonly InboundRecord[];
  readonly next: Offset;
}

/** Turns the compressed records of a batch into plain ones. `codec` is the number Kafka gives the algorithm. */
export type Inflate = (codec: number, bytes: Buffer) => Promise<Buffer>;

interface BatchFrame {
  readonly baseOffset: Offset;
  readonly attributes: number;
  readonly lastOffset: Offset;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: string;
  readonly count: number;
  readonly recordsAt: number;
  readonly end: number;
}

/** Bytes of a batch in front of its records. */
const frameBytes = 61;
const codecMask = 0x07;
const logAppendTime = 0x08;
const transactional = 0x10;
const control = 0x20;

/**
 * Decodes what a fetch returned.
 *
 * Left out are records below `from` (a batch may begin earlier), markers and records of aborted transactions; `next`
 * is behind all of them, so that a reader never waits for a record it will not see. A batch cut off at the end of the
 * answer is ignored: the next fetch brings it whole.
 */
export async function decodeRecords(fetched: FetchedBytes, inflate: Inflate): Promise<DecodedRecords> {
  const records: InboundRecord[] = [];
  const filter = new AbortedFilter(fetched.aborted);
  let { from: next } = fetched;
  for (let at = 0; ;) {
    const frame = readFrame(fetched.bytes, at);
    if (frame === undefined) return { records, next };
    at = frame.end;
    next = Math.max(next, frame.lastOffset + 1);
    if (frame.lastOffset < fetched.from || filter.drops(frame, fetched.bytes)) continue;
    const codec = frame.attributes & codecMask;
    const reader =
      codec === 0
        ? new ByteReader(fetched.bytes, frame.recordsAt, frame.end)
        : new ByteReader(await inflate(codec, fetched.bytes.subarray(frame.recordsAt, frame.end)));
    readRecords(reader, frame, fetched, records);
  }
}

/** The head of the batch at `at`, or `undefined` when the batch is not there as a whole. */
function readFrame(bytes: Buffer, at: number): BatchFrame | undefined {
  if (at + frameBytes > bytes.length) return undefined;
  const reader = new ByteReader(bytes, at);
  const baseOffset = reader.int64();
  const end = at + 12 + reader.int32();
  if (end > bytes.length) return undefined;
  reader.at += 4;
  const format = reader.int8();
  if (format !== 2)
    throw new Error(
      `record format ${format} at offset ${baseOffset}: only format 2 (Kafka 0.11 and later) is read`,
    );
  reader.at += 4;
  const attributes = reader.int16();
  const lastOffset = baseOffset + reader.int32();
  const baseTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const producerId = (attributes & transactional) === 0 ? '' : reader.id64();
  reader.at = at + frameBytes - 4;
  const count = reader.int32();
  return {
    baseOffset,
    attributes,
    lastOffset,
    baseTimestamp,
    maxTimestamp,
    producerId,
    count,
    recordsAt: reader.at,
    end,
  };
}

function readRecords(
  reader: ByteReader,
  frame: BatchFrame,
  fetched: FetchedBytes,
  into: InboundRecord[],
): void {
  const { topic, part, from } = fetched;
  const appended = (frame.attributes & logAppendTime) !== 0;
  for (let index = 0; index < frame.count; index += 1) {
    const length = reader.varInt();
    const end = reader.at + length;
    reader.at += 1;
    const delta = reader.varLong();
    const offset = frame.baseOffset + reader.varInt();
    if (offset >= from) {
      const timestamp = appended ? frame.maxTimestamp : frame.baseTimestamp + delta;
      const key = reader.varBytes();
      const value = reader.varBytes();
      into.push({ topic, part, offset, timestamp, key, value, headers: readHeaders(reader) });
    }
    reader.at = end;
  }
}

const noBytes = Buffer.alloc(0);

function readHeaders(reader: ByteReader): HeaderBytes {
  const headers: Record<string, Buffer> = {};
  for (let left = reader.varInt(); left > 0; left -= 1) {
    const name = readName(reader);
    const value = reader.varBytes() ?? noBytes;
    if (name === '__proto__')
      Object.defineProperty(headers, name, { value, enumerable: true, configurable: true });
    else headers[name] = value;
  }
  return headers;
}

/** Names met before, by their bytes: the same few names come with every record. */
const knownNames = new Map<number, KnownName>();
const mostNames = 1_000;

interface KnownName {
  readonly bytes: Buffer;
  readonly text: string;
}

function readName(reader: ByteReader): string {
  const length = reader.varInt();
  const { bytes, at } = reader;
  const end = at + length;
  reader.at = end;
  let hash = length;
  for (let index = at; index < end; index += 1) hash = (Math.imul(hash, 31) + bytes[index]!) | 0;
  const known = knownNames.get(hash);
  if (known !== undefined && sameBytes(known.bytes, bytes, at, length)) return known.text;
  const text = bytes.toString('utf8', at, end);
  if (known === undefined && knownNames.size < mostNames) {
    knownNames.set(hash, { bytes: Buffer.from(bytes.subarray(at, end)), text });
  }
  return text;
}

function sameBytes(known: Buffer, bytes: Buffer, at: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (known[index] !== bytes[at + index]) return false;
  return true;
}

/** Says which batches are markers or belong to an aborted transaction. */
class AbortedFilter {
  private readonly open = new Set<string>();
  private started = 0;

  constructor(private readonly aborted: readonly AbortedTransaction[]) {}

  drops(frame: BatchFrame, bytes: Buffer): boolean {
    if ((frame.attributes & control) !== 0) {
      if (isAbortMarker(frame, bytes)) this.open.delete(frame.producerId);
      return true;
    }
    while (
      this.started < this.aborted.length &&
      this.aborted[this.started]!.firstOffset <= frame.lastOffset
    ) {
      this.open.add(this.aborted[this.started]!.producerId);
      this.started += 1;
    }
    return (frame.attributes & transactional) !== 0 && this.open.has(frame.producerId);
  }
}

/** A marker's key is its version and its kind, 16 bits each; kind 0 means aborted. */
function isAbortMarker(frame: BatchFrame, bytes: Buffer): boolean {
  const reader = new ByteReader(bytes, frame.recordsAt, frame.end);
  reader.varInt();
  reader.at += 1;
  reader.varLong();
  reader.varInt();
  const key = reader.varBytes();
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}
