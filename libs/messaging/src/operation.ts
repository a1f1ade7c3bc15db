import { keyedHash, type SigningKey } from './keyed-hash.js';
import type { SagaId } from './saga-id.js';

declare const operationBrand: unique symbol;

/**
 * The engine's name for one effect: `<block>[@<iteration>]/<round>/<direction>`, for example `chargeCard/1/do`.
 * Unique within its saga. Directions: do, undo, verify, unless.
 */
export type OperationName = string & { readonly [operationBrand]?: true };

/** Secrets of an installation: the first one signs, all of them are accepted, so that a secret can be rotated. */
export interface Keyring {
  readonly keys: readonly SigningKey[];
  /** Whether what only the coordinator reads is sealed. Absent: it is not. */
  readonly isSealing?: () => boolean;
}

/** Characters of base64url. */
const proofLength = 22;

/**
 * The idempotency key of a command on the wire: `<name>~<key id>.<proof>`.
 *
 * The name makes it readable, the proof (HMAC-SHA-256 over saga and name, 132 bits) makes it globally unique and
 * unforgeable: a participant can only answer what it was asked, and a genuine answer is recognised even by a
 * coordinator whose database has lost the saga.
 */
export function sealOperation(keyring: Keyring, saga: SagaId, name: OperationName): string {
  const key = keyring.keys[0]!;
  return `${name}~${key.id}.${proofOf(key, saga, name)}`;
}

/** The name inside `text` if this installation sealed it for `saga`, else `undefined`. */
export function openOperation(keyring: Keyring, saga: SagaId, text: string): OperationName | undefined {
  const tilde = text.lastIndexOf('~');
  const dot = text.indexOf('.', tilde);
  if (tilde <= 0 || dot < 0) return undefined;
  const name = text.slice(0, tilde);
  const key = keyring.keys.find((candidate) => candidate.id === text.slice(tilde + 1, dot));
  if (key === undefined || proofOf(key, saga, name) !== text.slice(dot + 1)) return undefined;
  return name;
}

function proofOf(key: SigningKey, saga: SagaId, name: OperationName): string {
  return keyedHash(key).of(`op\0${saga}\0${name}`).slice(0, proofLength);
}
