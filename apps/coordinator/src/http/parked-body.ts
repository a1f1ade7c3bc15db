import type { ParkedRow } from '#libs/orchestration';
import { isoTime } from './iso-time.js';

/** Bytes of a record as they can be shown: as text where they are text. */
type ShownBytes = { readonly text: string } | { readonly base64: string };

/** A parked record with its bytes. */
export function parkedBody(row: ParkedRow) {
  const { timestamp, key, value, headers, ...rest } = row;
  return {
    ...rest,
    timestamp: isoTime(timestamp),
    key: key === null ? null : shown(key),
    value: value === null ? null : shown(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, shown(bytes)])),
  };
}

function shown(bytes: Buffer): ShownBytes {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { text } : { base64: bytes.toString('base64') };
}
