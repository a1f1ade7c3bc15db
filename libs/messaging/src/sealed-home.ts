import { hkdfSync } from 'node:crypto';
import type { FieldKey } from './field-keys.js';
import type { SigningKey } from './keyed-hash.js';
import type { Keyring } from './operation.js';
import { openText, sealText } from './sealed-text.js';

/** The name of its keys in what is sealed. */
const name = 'home';

/** The first byte of everything sealed, `e`, as that of a header in base64url. No JSON text begins with it. */
export const firstOfSealed = 0x65;

/** Whether a text is sealed, rather than JSON. */
export function isSealedHome(text: string): boolean {
  return text.startsWith('e');
}

/** Encrypts what only coordinators of the installation read, by a key made of the newest of their secrets. */
export function sealHome(text: string, { keys }: Keyring, place: string): string {
  return sealText(text, name, sealingKey(keys[0]!), place);
}

/** The reverse of {@link sealHome}. @throws MalformedRecordError when it is not for this place, or by no secret known. */
export function openHome(token: string, { keys }: Keyring, place: string): string {
  const find = (id: string): FieldKey | undefined => {
    const key = keys.find((one) => one.id === id);
    return key && sealingKey(key);
  };
  return openText(token, name, find, place);
}

const sealingKeys = new WeakMap<SigningKey, FieldKey>();

/** The key is not the secret itself, by which the same records are signed. */
function sealingKey(signing: SigningKey): FieldKey {
  const known = sealingKeys.get(signing);
  if (known !== undefined) return known;
  const bytes = Buffer.from(hkdfSync('sha256', signing.secret, '', 'skald home records', 32));
  const key = { id: signing.id, bytes };
  sealingKeys.set(signing, key);
  return key;
}
