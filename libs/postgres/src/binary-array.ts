import type { Instant } from '#libs/messaging';

// The server's own binary form of arrays: nothing to escape on this side, nothing to parse on the other.
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
/** Postgres counts from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000;

const oid = { bool: 16, bytea: 17, int8: 20, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;

type Nullable<Value> = Value | null | undefined;

/** `text[]` */
export function textArray(values: readonly Nullable<string>[]): Buffer {
  const lengths = values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : NULL_LENGTH));
  const buffer = allocate(oid.text, lengths);
  let at = HEADER_BYTES;
  for (const [index, value] of values.entries()) {
    const length = lengths[index] ?? NULL_LENGTH;
    at = buffer.writeInt32BE(length, at);
    if (typeof value === 'string') at += buffer.write(value, at, length, 'utf8');
  }
  return buffer;
}

/** `bytea[]` */
export function byteaArray(values: readonly Buffer[]): Buffer {
  const buffer = allocate(
    oid.bytea,
    values.map((value) => value.length),
  );
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value.length, at);
    at += value.copy(buffer, at);
  }
  return buffer;
}

/** `uuid[]` from lower-case text with dashes. */
export function uuidArray(values: readonly string[]): Buffer {
  return fixedArray(oid.uuid, 16, values, (buffer, value, at) => {
    buffer.write(value.replaceAll('-', ''), at, 16, 'hex');
  });
}

/** `integer[]` */
export function int4Array(values: readonly Nullable<number>[]): Buffer {
  return fixedArray(oid.int4, 4, values, (buffer, value, at) => {
    buffer.writeInt32BE(value, at);
  });
}

/** `bigint[]`; numbers up to 2^53. */
export function int8Array(values: readonly Nullable<number>[]): Buffer {
  return fixedArray(oid.int8, 8, values, writeInt64);
}

/** `boolean[]` */
export function boolArray(values: readonly boolean[]): Buffer {
  return fixedArray(oid.bool, 1, values, (buffer, value, at) => {
    buffer[at] = value ? 1 : 0;
  });
}

/** `timestamptz[]` from milliseconds. */
export function instantArray(values: readonly Nullable<Instant>[]): Buffer {
  return fixedArray(oid.timestamptz, 8, values, (buffer, value, at) => {
    writeInt64(buffer, (value - EPOCH_2000_MS) * 1000, at);
  });
}

function fixedArray<Value>(
  type: number,
  size: number,
  values: readonly Nullable<Value>[],
  write: (buffer: Buffer, value: Value, at: number) => void,
): Buffer {
  const buffer = allocate(
    type,
    values.map((value) => (value === null || value === undefined ? NULL_LENGTH : size)),
  );
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === null || value === undefined) {
      at = buffer.writeInt32BE(NULL_LENGTH, at);
    } else {
      at = buffer.writeInt32BE(size, at);
      write(buffer, value, at);
      at += size;
    }
  }
  return buffer;
}

/** Two halves: BigInt would make garbage of every number. */
function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
}

/** The array without its elements: dimensions, whether there are nulls, type, length, lower bound. */
function allocate(type: number, lengths: readonly number[]): Buffer {
  let bytes = HEADER_BYTES + 4 * lengths.length;
  let hasNull = 0;
  for (const length of lengths) {
    if (length === NULL_LENGTH) hasNull = 1;
    else bytes += length;
  }
  const buffer = Buffer.allocUnsafe(lengths.length === 0 ? 12 : bytes);
  buffer.writeInt32BE(lengths.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(hasNull, 4);
  buffer.writeInt32BE(type, 8);
  if (lengths.length === 0) return buffer;
  buffer.writeInt32BE(lengths.length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}
