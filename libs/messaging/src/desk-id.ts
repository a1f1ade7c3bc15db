import { hash16, uuidText } from './bytes.js';

/**
 * Identity of a desk, and the record key of everything said to it: a uuid in lower case. It stands where a saga's id
 * stands, so that whatever finds the home of a saga finds that of a desk.
 */
export type DeskId = string;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The id of the desk of this kind and key, in uuid version 8 layout (RFC 9562), which no saga id has. Its bits 52 to 63
 * name the home partition as those of a saga id do.
 */
export function deriveDeskId(kind: string, key: string): DeskId {
  const bytes = hash16('desk', kind, key);
  bytes.writeUInt16BE(0x8000 | (bytes.readUInt16BE(6) & 0x0fff), 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return uuidText(bytes);
}

/** Whether `text` has the form of a desk id. */
export function isDeskId(text: string): text is DeskId {
  return uuidPattern.test(text);
}
