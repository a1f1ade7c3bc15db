import type { Instant, Json } from '../json.js';

interface Decided {
  readonly value: Json;
  readonly at: Instant;
}

/**
 * Adds what was decided, and says whether the key goes back and forth: `values` are those it went through then.
 *
 * A change back to a value that was left within the time is a flip, and so is the change it takes back: A, B, A are
 * two, A, B, A, B three. Going on to something new is none.
 */
export function flipped(
  before: readonly Decided[],
  now: Decided,
  { max, withinMs }: { readonly max: number; readonly withinMs: number },
): { readonly decided: readonly Decided[]; readonly values: readonly Json[] | undefined } {
  const texts = new Map(before.map((each) => [each, JSON.stringify(each.value)]));
  const recent = before.filter(({ at }) => at > now.at - withinMs);
  const last = recent.at(-1);
  if (last !== undefined && texts.get(last) === JSON.stringify(now.value))
    return { decided: recent, values: undefined };
  const decided = [...recent, now].slice(-2 * max - 2);
  const seen = new Set<string>();
  let returns = 0;
  for (const { value } of decided) {
    const text = JSON.stringify(value);
    if (seen.has(text)) returns += 1;
    seen.add(text);
  }
  const isFlipping = returns > 0 && returns + 1 >= max;
  return { decided, values: isFlipping ? decided.map(({ value }) => value) : undefined };
}
