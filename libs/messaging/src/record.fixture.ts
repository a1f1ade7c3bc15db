import type { HeaderTexts, InboundRecord } from './record.js';

/** A record as it would be read back after these headers and this value were sent. */
export function inbound(
  headers: HeaderTexts = {},
  value: string | null = null,
  part: Partial<InboundRecord> = {},
): InboundRecord {
  return {
    topic: 'shop.events',
    part: 2,
    offset: 41,
    timestamp: Date.parse('2026-01-31T12:00:05Z'),
    key: Buffer.from('order-1'),
    value: value === null ? null : Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    ...part,
  };
}

/** The same headers without some of them. */
export function without(headers: HeaderTexts, ...names: readonly string[]): HeaderTexts {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

/** The reason why reading fails. */
export function reasonOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as { readonly reason?: string }).reason ?? String(error);
  }
  return 'nothing was wrong';
}
