/** Longest text that is written by a loop: below it the call into the runtime costs more than the copying. */
const shortText = 64;

/**
 * Writes the pieces of a Kafka request one behind the other into a buffer that grows and is used again.
 *
 * Varints are zigzag-coded, as in record batches. Whoever calls `reset` gives up what `written` returned before.
 */
export class ByteWriter {
  bytes: Buffer;
  at = 0;

  constructor(initialBytes = 16_384) {
    this.bytes = Buffer.allocUnsafeSlow(initialBytes);
  }

  reset(): void {
    this.at = 0;
  }

  /** The bytes written since `reset`; a view, valid until the next write. */
  written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  ensure(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + more));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  int8(value: number): void {
    this.ensure(1);
    this.bytes[this.at++] = value;
  }

  int16(value: number): void {
    this.ensure(2);
    this.bytes[this.at++] = value >> 8;
    this.bytes[this.at++] = value;
  }

  int32(value: number): void {
    this.ensure(4);
    this.int32At(this.at, value);
    this.at += 4;
  }

  /** Overwrites four bytes that were left free for a number known only later. */
  int32At(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }

  /** A whole number of at most 53 bits. */
  int64(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000);
    this.int32(high);
    this.int32(value - high * 0x1_0000_0000);
  }

  /** A producer id or another number that has all its 64 bits. */
  bigInt64(value: bigint): void {
    this.ensure(8);
    this.at = this.bytes.writeBigInt64BE(value, this.at);
  }

  /** Text behind its length in 16 bits; `null` has the length -1. */
  string(text: string | null): void {
    if (text === null) return this.int16(-1);
    this.ensure(2 + text.length * 3);
    const length = this.bytes.write(text, this.at + 2, 'utf8');
    this.int16(length);
    this.at += length;
  }

  /** Sixteen bytes given as 32 hexadecimal digits. */
  uuid(hex: string): void {
    this.ensure(16);
    this.at += this.bytes.write(hex, this.at, 'hex');
  }

  /** The length of a compact array or string: one more than it is; 0 stands for `null`. */
  compactLength(length: number): void {
    this.unsigned(length + 1);
  }

  compactString(text: string): void {
    const bytes = Buffer.from(text);
    this.compactLength(bytes.length);
    this.ensure(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** No tagged fields: ends every structure of a flexible request. */
  noTags(): void {
    this.int8(0);
  }

  /** A zigzag-coded number of at most 31 bits. */
  varInt(value: number): void {
    this.unsigned(((value << 1) ^ (value >> 31)) >>> 0);
  }

  private unsigned(value: number): void {
    this.ensure(5);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** Text behind its length as a varint. */
  varText(text: string): void {
    this.ensure(text.length * 3 + 5);
    if (text.length < shortText && this.shortAscii(text)) return;
    const guess = varIntSize(text.length);
    const written = this.bytes.write(text, this.at + guess, 'utf8');
    this.closeText(guess, written);
  }

  /** Bytes behind their length as a varint. */
  varBytes(value: Uint8Array): void {
    this.varInt(value.length);
    this.ensure(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** Puts the length in front of what was written behind `start`, where `room` bytes were left free for it. */
  closeLength(start: number, room: number): void {
    const length = this.at - start - room;
    const size = varIntSize(length);
    if (size !== room) {
      this.ensure(size);
      this.bytes.copyWithin(start + size, start + room, this.at);
    }
    this.at = start;
    this.varInt(length);
    this.at += length;
  }

  private shortAscii(text: string): boolean {
    const { bytes } = this;
    const start = this.at + 1;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return false;
      bytes[start + at] = code;
    }
    bytes[this.at] = text.length << 1;
    this.at = start + text.length;
    return true;
  }

  private closeText(room: number, length: number): void {
    const start = this.at;
    this.at = start + room + length;
    this.closeLength(start, room);
  }
}

/** Bytes of a zigzag-coded whole number of 0 or more. */
export function varIntSize(value: number): number {
  if (value < 0x40) return 1;
  if (value < 0x2000) return 2;
  if (value < 0x10_0000) return 3;
  return value < 0x800_0000 ? 4 : 5;
}
