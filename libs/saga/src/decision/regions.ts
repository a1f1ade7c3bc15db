import type { Json, JsonObject } from '../json.js';
import { Undecidable, type Compared } from './atoms.js';

/** One value of each region of a domain: within a region no comparison with the constants changes. */
export function regionsOf({ path, constants, isOrdered }: Compared, schema: JsonObject): readonly Json[] {
  const enumerated = schema['enum'];
  if (Array.isArray(enumerated)) return enumerated as readonly Json[];
  if ('const' in schema) return [schema['const'] as Json];
  const kinds = new Set([...constants].map((constant) => typeof constant));
  const type = schema['type'] ?? [...kinds][0];
  if (type === 'boolean') return [true, false];
  if (type === 'number' || type === 'integer') return numbers([...constants], schema);
  if (type === 'string' && !isOrdered) return texts([...constants]);
  throw new Undecidable(`what "${path.join('.')}" may be is not known well enough`);
}

function numbers(constants: readonly Json[], schema: JsonObject): readonly number[] {
  const step = schema['type'] === 'integer' ? 1 : 0.5;
  const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((key) => schema[key]);
  const marks = [...constants, ...bounds].filter((mark) => typeof mark === 'number');
  const sorted = [...new Set(marks)].sort((left, right) => left - right);
  const between = sorted.slice(1).map((mark, index) => (mark + sorted[index]!) / 2);
  const around = sorted.flatMap((mark) => [mark - step, mark, mark + step]);
  const points = [...new Set(step === 1 ? around : [...around, ...between])].sort((a, b) => a - b);
  return points.filter((point) => isWithin(point, schema));
}

function isWithin(point: number, schema: JsonObject): boolean {
  const bound = (key: string, otherwise: number): number => {
    const value = schema[key];
    return typeof value === 'number' ? value : otherwise;
  };
  return (
    point >= bound('minimum', -Infinity) &&
    point <= bound('maximum', Infinity) &&
    point > bound('exclusiveMinimum', -Infinity) &&
    point < bound('exclusiveMaximum', Infinity) &&
    (schema['type'] !== 'integer' || Number.isInteger(point))
  );
}

function texts(constants: readonly Json[]): readonly string[] {
  const named = constants.filter((constant) => typeof constant === 'string');
  let other = 'something-else';
  while (named.includes(other)) other += '-again';
  return [...named, other];
}
