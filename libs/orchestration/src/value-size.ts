import { MalformedRecordError, type InboundRecord } from '#libs/messaging';

/** @throws MalformedRecordError when the value of a record has more than `limit` bytes. */
export function assertValueFits({ value }: InboundRecord, limit: number): void {
  if (value === null || value.length <= limit) return;
  throw new MalformedRecordError(
    'value-too-large',
    `the value has ${value.length} bytes; at most ${limit} are allowed`,
  );
}

/** Whether the text has at most `limit` bytes. A UTF-16 unit is at most three bytes, so most texts need no counting. */
export function fits(text: string | null, limit: number): boolean {
  return text === null || text.length * 3 <= limit || Buffer.byteLength(text) <= limit;
}
