import { createHash } from 'node:crypto';

/** An idempotency key for what is asked: the same parts make the same key. */
export function derivedKey(...parts: readonly (string | number)[]): string {
  return `cli-${createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32)}`;
}
