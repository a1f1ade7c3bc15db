import type { ItemLegs, ParNode } from '../node.js';
import type { Json } from '../json.js';
import type { Place } from './chart.js';
import type { Moment } from './moment.js';
import { localsAt } from './iterations.js';
import { evaluate, type Evaluated } from './values.js';

/** More than that is not one saga's work: each input costs time in proportion to the legs. */
const mostItems = 1_000;

/** A key is part of the name of each operation, which travels in headers. */
const longestKey = 200;

/** The keys of the items, each of them once; or why the list cannot be worked through. */
export function itemKeys(
  moment: Moment,
  place: Place<ParNode>,
  node: ItemLegs,
  list: Json,
): Evaluated<readonly string[]> {
  if (!Array.isArray(list))
    return { ok: false, error: 'invalid', message: 'what is to be worked through is no list' };
  if (list.length > mostItems)
    return {
      ok: false,
      error: 'invalid',
      message: `there are ${list.length} items, and no more than ${mostItems} may be`,
    };
  const keys = new Set<string>();
  for (const [index, item] of (list as readonly Json[]).entries()) {
    const key = keyOf(moment, place, node, item, index);
    if (!key.ok) return key;
    if (keys.has(key.value))
      return { ok: false, error: 'invalid', message: `item ${index} has the key of another one` };
    keys.add(key.value);
  }
  return { ok: true, value: [...keys] };
}

function keyOf(
  moment: Moment,
  place: Place<ParNode>,
  { key: expression, as }: ItemLegs,
  item: Json,
  index: number,
): Evaluated<string> {
  if (expression === undefined) return { ok: true, value: String(index) };
  const locals = { ...localsAt(moment, place), [as]: item, index };
  const key = evaluate(moment, place, expression, { locals });
  if (!key.ok) return key;
  const text = typeof key.value === 'number' ? String(key.value) : key.value;
  return isKey(text)
    ? { ok: true, value: text }
    : {
        ok: false,
        error: 'invalid',
        message: `the key of item ${index} is not a number or a text of 1 to ${longestKey} characters`,
      };
}

function isKey(text: Json): text is string {
  // A lone surrogate has no encoding.
  return typeof text === 'string' && text !== '' && text.length <= longestKey && !/\p{Surrogate}/u.test(text);
}
