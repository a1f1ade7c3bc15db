import type { ErrorObject } from 'ajv';
import { isMap } from '../document/cursor.js';
import type { Json } from '../json.js';

/** The steps to what an error of a schema is about (RFC 6901, without its head). */
export function stepsTo({ instancePath }: Pick<ErrorObject, 'instancePath'>): readonly string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What stands there in `data`, if anything does. */
export function valueAt(data: Json | undefined, [step, ...rest]: readonly string[]): Json | undefined {
  if (step === undefined) return data;
  if (Array.isArray(data)) return valueAt(data[Number(step)], rest);
  return isMap(data) && Object.hasOwn(data, step) ? valueAt(data[step], rest) : undefined;
}
