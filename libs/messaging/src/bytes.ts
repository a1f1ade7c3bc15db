import { hash } from 'node:crypto';

/** First 16 bytes of the SHA-256 of `parts`, separated by NUL so that no two lists of parts collide. */
export function hash16(...parts: readonly string[]): Buffer {
  return hash('sha256', parts.join('\0'), 'buffer').subarray(0, 16);
}

/** 16 bytes as uuid text. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
