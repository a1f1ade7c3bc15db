/** Reads the pieces of a Kafka response one behind the other. What it returns as bytes are views, not copies. */
export class ByteReader {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
    public end = bytes.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  int8(): number {
    return (this.bytes[this.at++]! << 24) >> 24;
  }

  int16(): number {
    const value = (this.bytes[this.at]! << 8) | this.bytes[this.at + 1]!;
    this.at += 2;
    return (value << 16) >> 16;
  }

  int32(): number {
    const { bytes, at } = this;
    this.at = at + 4;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  /** A number of 64 bits as a double: exact up to 2^53, which offsets and times do not reach. */
  int64(): number {
    const high = this.int32();
    return high * 0x1_0000_0000 + (this.int32() >>> 0);
  }

  /** A producer id: all 64 bits, as text, for it is only compared. */
  id64(): string {
    const id = this.bytes.readBigInt64BE(this.at);
    this.at += 8;
    return String(id);
  }

  string(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }

  /** Sixteen bytes as 32 hexadecimal digits. */
  uuid(): string {
    this.at += 16;
    return this.bytes.toString('hex', this.at - 16, this.at);
  }

  /** The length of a compact array, string or bytes; -1 stands for `null`. */
  compactLength(): number {
    return this.unsigned() - 1;
  }

  compactString(): string | null {
    const length = this.compactLength();
    if (length < 0) return null;
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  compactArray<Item>(item: (reader: ByteReader) => Item): readonly Item[] {
    const length = this.compactLength();
    const items: Item[] = [];
    for (let at = 0; at < length; at += 1) items.push(item(this));
    return items;
  }

  /** Passes over the tagged fields that end a structure of a flexible answer. */
  skipTags(): void {
    for (let left = this.unsigned(); left > 0; left -= 1) {
      this.unsigned();
      this.at += this.unsigned();
    }
  }

  array<Item>(item: (reader: ByteReader) => Item): readonly Item[] {
    const length = this.int32();
    const items: Item[] = [];
    for (let at = 0; at < length; at += 1) items.push(item(this));
    return items;
  }

  /** A zigzag-coded number of at most 32 bits. */
  varInt(): number {
    const value = this.unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  private unsigned(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
      byte = bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
    }
    return value >>> 0;
  }

  /** A zigzag-coded number of at most 53 bits: a difference of times. */
  varLong(): number {
    let byte = this.bytes[this.at++]!;
    let value = byte & 0x7f;
    for (let weight = 0x80; byte >= 0x80; weight *= 0x80) {
      byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * weight;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  varBytes(): Buffer | null {
    const length = this.varInt();
    if (length < 0) return null;
    const start = this.at;
    this.at = start + length;
    return this.bytes.subarray(start, this.at);
  }
}
