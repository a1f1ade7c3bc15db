/**
 * CRC-32C (Castagnoli), the checksum of Kafka's record batches, eight bytes a turn ("slicing by eight").
 *
 * Node's own `zlib.crc32` has another polynomial. The usual byte-a-turn loop costs about four times as much, on every
 * byte that leaves the process.
 */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      slices[0x700 | (low & 0xff)]! ^
      slices[0x600 | ((low >>> 8) & 0xff)]! ^
      slices[0x500 | ((low >>> 16) & 0xff)]! ^
      slices[0x400 | (low >>> 24)]! ^
      slices[0x300 | bytes[at + 4]!]! ^
      slices[0x200 | bytes[at + 5]!]! ^
      slices[0x100 | bytes[at + 6]!]! ^
      slices[bytes[at + 7]!]!;
  }
  for (; at < end; at += 1) crc = slices[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Eight tables of 256: table k holds the checksum of a byte followed by k zero bytes. */
const slices = tables();

function tables(): Int32Array {
  const result = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) result[byte] = checksumOf(byte);
  for (let at = 256; at < result.length; at += 1) {
    const shorter = result[at - 256]!;
    result[at] = (shorter >>> 8) ^ result[shorter & 0xff]!;
  }
  return result;
}

function checksumOf(byte: number): number {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
}
