import { MalformedRecordError, type InboundRecord } from '#libs/messaging';

/** @throws MalformedRecordError when the value of a record has more than `limit` bytes. */
export function assertValueFits({ value }: InboundRecord, limit: number): void {
  if (value === null || value.length <= limit) return;
  throw new MalformedRecordError(
    'value-too-large',
    `the value has ${value.length} bytes; at most ${limit} are allowed`,
  );
}
