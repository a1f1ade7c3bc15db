import type { ErrorObject } from 'ajv';
import { isMap } from '../document/cursor.js';
import type { Json } from '../json.js';
import type { Change } from '../received.js';
import { stepsTo, valueAt } from './pointed-value.js';

/** Data with texts replaced by the declared values they differ from in case and spacing only. */
export function withDeclaredValues(
  data: Json,
  errors: readonly ErrorObject[],
): { readonly data: Json; readonly changes: readonly Change[] } | undefined {
  const changes: Change[] = [];
  let changed = data;
  for (const error of errors) {
    const { keyword, instancePath, params } = error;
    if (keyword !== 'enum') return undefined;
    const steps = stepsTo(error);
    const from = valueAt(data, steps);
    const to = declaredFor(from, params['allowedValues'] as readonly unknown[]);
    if (typeof from !== 'string' || to === undefined) return undefined;
    changes.push({ path: instancePath, from, to });
    changed = replaced(changed, steps, to);
  }
  return { data: changed, changes };
}

function declaredFor(value: Json | undefined, declared: readonly unknown[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  const alike = declared.filter((each) => typeof each === 'string' && bare(each) === bare(value));
  return alike.length === 1 ? (alike[0] as string) : undefined;
}

function bare(text: string): string {
  return text.replace(/[\s_-]+/g, '').toLowerCase();
}

function replaced(value: Json, [step, ...rest]: readonly string[], by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: Json, index) => (String(index) === step ? replaced(item, rest, by) : item));
  return isMap(value) ? { ...value, [step]: replaced(value[step]!, rest, by) } : value;
}
