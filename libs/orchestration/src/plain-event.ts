import {
  decryptParts,
  readDomainEvent,
  type DomainEvent,
  type FieldKeys,
  type InboundRecord,
} from '#libs/messaging';

/** Reads a domain event in plain. @throws MalformedRecordError also when a part of it cannot be decrypted. */
export function readPlainEvent(record: InboundRecord, keys: FieldKeys): DomainEvent {
  const event = readDomainEvent(record);
  const { encrypted, id, data } = event;
  return encrypted === undefined ? event : { ...event, data: decryptParts(data, encrypted, keys, id) };
}
