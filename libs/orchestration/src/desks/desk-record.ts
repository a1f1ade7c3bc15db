import { deriveDeskId, type SignedRecord } from '#libs/messaging';

/** The record that says something to a desk. */
export function deskRecord(
  desk: string,
  key: string,
  message: Extract<SignedRecord, { readonly kind: 'desk' }>['message'],
): Extract<SignedRecord, { readonly kind: 'desk' }> {
  return { kind: 'desk', saga: deriveDeskId(desk, key), head: { desk, key }, message };
}
