import { MalformedRecordError, maxBusinessKeyBytes, type Instant, type Json } from '#libs/messaging';
import type { Program } from '#libs/saga';

/**
 * The business key of the instance that `input` would start: text, or a number or boolean as text.
 *
 * @throws MalformedRecordError when there is none, or none that can be stored.
 */
export function businessKeyOf(program: Program, input: Json, now: Instant): string {
  return keyText(program.definition, keyValue(program, input, now));
}

/** A value as a business key. @throws MalformedRecordError when it is none that can be stored. */
export function keyText(definition: string, value: Json): string {
  const key = textOf(value);
  if (key === undefined) {
    throw new MalformedRecordError(
      'missing-key',
      `the key of ${definition} is not a text or a number, or is empty`,
    );
  }
  if (key.includes('\0'))
    throw new MalformedRecordError('nul-character', 'the business key contains a NUL character');
  const bytes = Buffer.byteLength(key);
  if (bytes > maxBusinessKeyBytes) {
    throw new MalformedRecordError(
      'key-too-long',
      `the business key has ${bytes} bytes; at most ${maxBusinessKeyBytes} are allowed`,
    );
  }
  return key;
}

function keyValue(program: Program, input: Json, now: Instant): Json {
  const { definition, version } = program;
  const saga = { id: '', key: '', definition, version, startedAt: now, hops: 0 };
  try {
    return program.key({ input, steps: {}, saga, toggles: {}, now });
  } catch (error) {
    throw new MalformedRecordError(
      'missing-key',
      `the key of ${definition} cannot be computed: ${(error as Error).message}`,
    );
  }
}

function textOf(value: Json): string | undefined {
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}
