import { SagaError } from './saga-error.js';

/** A key for parts of messages: 256 bits, with the id by which what it encrypted names it. */
export interface FieldKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * The keys by which parts of messages are encrypted, by the names that definitions have for them.
 *
 * Asked each time one is needed, so that a key that is added counts without a restart.
 */
export abstract class FieldKeys {
  /**
   * Newest first: the first one encrypts, all of them decrypt. Empty when there is none of this name.
   *
   * @throws FieldKeyError when there is one that cannot be read.
   */
  abstract find(name: string): readonly FieldKey[];
}

/** Nothing can be encrypted or decrypted. */
export class NoFieldKeys extends FieldKeys {
  override find(): readonly FieldKey[] {
    return [];
  }
}

/** Keys as they were given, by name. */
export class GivenFieldKeys extends FieldKeys {
  private readonly keys: ReadonlyMap<string, readonly FieldKey[]>;

  /** @param texts of each name, as {@link readFieldKeys} takes them. @throws FieldKeyError */
  constructor(texts: Readonly<Record<string, string>>) {
    super();
    this.keys = new Map(Object.entries(texts).map(([name, text]) => [name, readFieldKeys(name, text)]));
  }

  override find(name: string): readonly FieldKey[] {
    return this.keys.get(name) ?? [];
  }
}

/** A key that is needed is missing or cannot be read. Nothing of it is shown. */
export class FieldKeyError extends SagaError {
  override readonly code = 'FIELD_KEY';
  override readonly retryable = false;
}

/** Bytes of a key of AES-256. */
const keyBytes = 32;

/**
 * Reads the keys of a name: `<id>:<base64 of 32 bytes>`, separated by commas or lines, newest first.
 *
 * @throws FieldKeyError when one of them is none.
 */
export function readFieldKeys(name: string, text: string): readonly FieldKey[] {
  const keys = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => fieldKey(name, part));
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    throw new FieldKeyError(`the key "${name}" has an id twice`);
  return keys;
}

function fieldKey(name: string, text: string): FieldKey {
  const [, id, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/_-]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (id === undefined || bytes.length !== keyBytes)
    throw new FieldKeyError(
      `the key "${name}" cannot be read: write <id>:<base64 of ${keyBytes} bytes> for each, newest first, as \`echo 2026-11:$(openssl rand -base64 32)\` does`,
    );
  return { id, bytes };
}
