import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { FieldKey } from './field-keys.js';
import { MalformedRecordError } from './malformed-record-error.js';

/** What the protected header of a sealed text says. */
interface SealedHeader {
  readonly alg: 'dir';
  readonly enc: 'A256GCM';
  /** `<name>:<id>` of the key. */
  readonly kid: string;
  /** Where the text belongs: elsewhere it does not count. */
  readonly place: string;
}

const cipher = 'aes-256-gcm';
/** Fixed by RFC 7518 for A256GCM. */
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a text as compact JWE (RFC 7516) with `alg: dir` and `enc: A256GCM`, which libraries for JOSE read in any
 * language. Its protected header, which is authenticated with it, says the key (`kid`) and where it belongs (`place`).
 */
export function sealText(text: string, name: string, key: FieldKey, place: string): string {
  const header: SealedHeader = { alg: 'dir', enc: 'A256GCM', kid: `${name}:${key.id}`, place };
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
  const iv = randomBytes(ivBytes);
  const encryption = createCipheriv(cipher, key.bytes, iv, { authTagLength: tagBytes });
  encryption.setAAD(Buffer.from(encoded, 'ascii'));
  const sealed = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()]);
  return [encoded, '', iv, sealed, encryption.getAuthTag()]
    .map((part) => (typeof part === 'string' ? part : part.toString('base64url')))
    .join('.');
}

/**
 * Decrypts what {@link sealText} made for this place, or another library in the same form. `find` gives the key of an id.
 *
 * @throws MalformedRecordError `not-encrypted`, `unknown-key` or `undecipherable`.
 */
export function openText(
  token: unknown,
  name: string,
  find: (id: string) => FieldKey | undefined,
  place: string,
): string {
  const [encoded, none, iv, sealed, tag, ...more] = typeof token === 'string' ? token.split('.') : [];
  const header = encoded === undefined || none !== '' || more.length > 0 ? undefined : headerOf(encoded);
  if (tag === undefined || header === undefined)
    throw new MalformedRecordError('not-encrypted', `${place} has to be encrypted, as a compact JWE`);
  if (header.alg !== 'dir' || header.enc !== 'A256GCM' || Object.hasOwn(header, 'zip'))
    throw new MalformedRecordError('undecipherable', `${place} has to be encrypted by A256GCM, as alg: dir`);
  const key = keyOf(header.kid, name, find, place);
  if (header.place !== place)
    throw new MalformedRecordError('undecipherable', `${place} was encrypted for another place`);
  try {
    const [ivRead, sealedRead, tagRead] = [iv!, sealed!, tag].map((part) => Buffer.from(part, 'base64url'));
    const decryption = createDecipheriv(cipher, key.bytes, ivRead!, { authTagLength: tagBytes });
    decryption.setAAD(Buffer.from(encoded!, 'ascii'));
    decryption.setAuthTag(tagRead!);
    return decryption.update(sealedRead!, undefined, 'utf8') + decryption.final('utf8');
  } catch {
    throw new MalformedRecordError(
      'undecipherable',
      `${place} cannot be decrypted by the key "${header.kid}": it was changed, or another key has this id`,
    );
  }
}

function keyOf(
  kid: unknown,
  name: string,
  find: (id: string) => FieldKey | undefined,
  place: string,
): FieldKey {
  const text = String(kid);
  const key = text.startsWith(`${name}:`) ? find(text.slice(name.length + 1)) : undefined;
  if (key !== undefined) return key;
  throw new MalformedRecordError(
    'unknown-key',
    `${place} is encrypted by the key "${text.slice(0, 100)}", which is not known here; a key of "${name}" is needed`,
  );
}

function headerOf(encoded: string): Partial<SealedHeader> | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null ? header : undefined;
  } catch {
    return undefined;
  }
}
