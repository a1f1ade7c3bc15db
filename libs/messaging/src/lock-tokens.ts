import { header } from './header-name.js';
import { MalformedRecordError } from './malformed-record-error.js';

/** Tokens by resource as a header: `delivery-slot%2FA1=1763737000000, dock%2F7=…`. */
export function locksText(locks: Readonly<Record<string, number>>): string {
  return Object.entries(locks)
    .map(
      ([resource, token]) => `${encodeURIComponent(resource.replace(/\p{Surrogate}/gu, '\ufffd'))}=${token}`,
    )
    .join(', ');
}

/** Reads what {@link locksText} writes. @throws MalformedRecordError */
export function readLocks(text: string): Readonly<Record<string, number>> {
  const locks = text.split(', ').map((each) => {
    const [resource = '', token = ''] = each.split('=');
    if (!/^\d+$/.test(token))
      throw new MalformedRecordError('malformed-header', `${header.locks} is "${text}"`);
    return [decoded(resource, text), Number(token)] as const;
  });
  return Object.fromEntries(locks);
}

function decoded(resource: string, text: string): string {
  try {
    return decodeURIComponent(resource);
  } catch {
    throw new MalformedRecordError('malformed-header', `${header.locks} is "${text}"`);
  }
}
