import { createHmac, hash } from 'node:crypto';

/** One secret with the short id that travels beside a signature. */
export interface SigningKey {
  readonly id: string;
  readonly secret: string;
}

/** Block and digest of SHA-256, in bytes. */
const blockBytes = 64;
const digestBytes = 32;
const scratchBytes = 8_192;

/**
 * HMAC-SHA-256 under one secret (RFC 2104), written out with one-shot hashes.
 *
 * What is hashed here is short and there are eight texts in the life of a saga; making and disposing of an `Hmac`
 * object costs three times as much as the hashing.
 */
export class KeyedHash {
  private readonly inner = Buffer.alloc(scratchBytes);
  private readonly outer = Buffer.alloc(blockBytes + digestBytes);

  constructor(private readonly secret: string) {
    const key = keyBlock(secret);
    for (let at = 0; at < blockBytes; at += 1) {
      this.inner[at] = key[at]! ^ 0x36;
      this.outer[at] = key[at]! ^ 0x5c;
    }
  }

  /** The hash of `text` followed by `bytes`, as base64url. */
  of(text: string, bytes?: Buffer | string): string {
    const end = this.write(text, bytes);
    if (end === undefined) return this.slowly(text, bytes);
    this.outer.write(hash('sha256', this.inner.subarray(0, end), 'binary'), blockBytes, 'binary');
    return hash('sha256', this.outer, 'base64url');
  }

  /** Puts everything behind the key; undefined when it does not fit. */
  private write(text: string, bytes: Buffer | string = ''): number | undefined {
    // A UTF-16 unit is at most three bytes.
    const most = blockBytes + text.length * 3 + (typeof bytes === 'string' ? bytes.length * 3 : bytes.length);
    if (most > scratchBytes) return undefined;
    const middle = blockBytes + this.inner.write(text, blockBytes);
    if (typeof bytes === 'string') return middle + this.inner.write(bytes, middle);
    return middle + bytes.copy(this.inner, middle);
  }

  private slowly(text: string, bytes: Buffer | string = ''): string {
    return createHmac('sha256', this.secret).update(text).update(bytes).digest('base64url');
  }
}

/** Secrets longer than a block are hashed first. */
function keyBlock(secret: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  const bytes = Buffer.from(secret);
  (bytes.length > blockBytes ? hash('sha256', bytes, 'buffer') : bytes).copy(block);
  return block;
}

const hashes = new WeakMap<SigningKey, KeyedHash>();

/** The hash under this key, made once. */
export function keyedHash(key: SigningKey): KeyedHash {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const made = new KeyedHash(key.secret);
  hashes.set(key, made);
  return made;
}
