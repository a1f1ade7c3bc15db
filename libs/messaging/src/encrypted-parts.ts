import { FieldKeyError, type FieldKeys } from './field-keys.js';
import { jsonOfText } from './header-reading.js';
import type { Json } from './json.js';
import { MalformedRecordError } from './malformed-record-error.js';
import { openText, sealText } from './sealed-text.js';

/** A part of a message that is encrypted. */
export interface EncryptedPart {
  /** From the top of the data; `*` is any item of a list. */
  readonly path: readonly string[];
  /** Name of the key. */
  readonly key: string;
}

/**
 * The same data with its parts encrypted, each as a compact JWE of its JSON that counts in this message and at this
 * pointer only. What is not there or null stays as it is.
 *
 * @throws FieldKeyError when there is no such key.
 */
export function encryptParts(
  data: Json,
  parts: readonly EncryptedPart[],
  keys: FieldKeys,
  message: string,
): Json {
  return parts.reduce<Json>((found, { path, key: name }) => {
    const [key] = keys.find(name);
    if (key === undefined) throw missingKey(name);
    return changedAt(found, path, '', (value, pointer) =>
      sealText(JSON.stringify(value), name, key, placeOf(message, pointer)),
    );
  }, data);
}

/**
 * The reverse of {@link encryptParts}.
 *
 * @throws MalformedRecordError when a part is not encrypted, or cannot be decrypted here.
 */
export function decryptParts(
  data: Json,
  parts: readonly EncryptedPart[],
  keys: FieldKeys,
  message: string,
): Json {
  return parts.reduce<Json>((found, { path, key: name }) => {
    const known = findKeys(keys, name);
    const find = (id: string) => known.find((key) => key.id === id);
    return changedAt(found, path, '', (value, pointer) =>
      jsonOfText(openText(value, name, find, placeOf(message, pointer))),
    );
  }, data);
}

/** Names the answer to an operation as the message that parts of it are encrypted for; a command goes by its operation. */
export function answerPlace(operation: string): string {
  return `${operation}.answer`;
}

/** The names of keys that parts need and nobody has. */
export function missingKeys(names: Iterable<string>, keys: FieldKeys): readonly string[] {
  return [...new Set(names)].filter((name) => keys.find(name).length === 0);
}

/** Parts as a header says them: the names of keys by JSON pointers. */
export function partsText(parts: readonly EncryptedPart[]): string {
  return JSON.stringify(Object.fromEntries(parts.map(({ path, key }) => [pointerOf(path), key])));
}

/** Reads what {@link partsText} wrote. @throws MalformedRecordError */
export function readParts(text: string, name: string): readonly EncryptedPart[] {
  const said = parsed(text);
  if (typeof said !== 'object' || said === null || Object.values(said).some((key) => typeof key !== 'string'))
    throw new MalformedRecordError(
      'malformed-header',
      `header ${name} has to hold the names of keys by JSON pointers`,
    );
  return Object.entries(said as Readonly<Record<string, string>>).map(([pointer, key]) => ({
    path: pathOf(pointer),
    key,
  }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A key that cannot be read is no reason to give a record up as unreadable for another one. */
function findKeys(keys: FieldKeys, name: string) {
  try {
    return keys.find(name);
  } catch (error) {
    throw new MalformedRecordError('unknown-key', (error as Error).message);
  }
}

function missingKey(name: string): FieldKeyError {
  return new FieldKeyError(`there is no key "${name}" to encrypt with`);
}

function placeOf(message: string, pointer: string): string {
  return `${message}#${pointer}`;
}

function changedAt(
  value: Json | undefined,
  [step, ...rest]: readonly string[],
  pointer: string,
  change: (value: Json, pointer: string) => Json,
): Json {
  if (value === undefined || value === null) return null;
  if (step === undefined) return change(value, pointer);
  if (typeof value !== 'object') return value;
  if (isList(value))
    return step === '*'
      ? value.map((item, index) => changedAt(item, rest, `${pointer}/${index}`, change))
      : value;
  if (!Object.hasOwn(value, step)) return value;
  return { ...value, [step]: changedAt(value[step], rest, `${pointer}${pointerOf([step])}`, change) };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function pointerOf(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
