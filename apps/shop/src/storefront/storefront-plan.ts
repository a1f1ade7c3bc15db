import { orderMixes, type OrderMix } from './order.js';
import type { StorefrontPlan } from './storefront.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a plan from `--mix --first --count --rate` (as `--count=100`) or `SHOP_MIX SHOP_FIRST SHOP_COUNT SHOP_RATE`.
 * @throws TypeError that names what is wrong and what is possible.
 */
export function storefrontPlan(args: readonly string[], env: Environment): StorefrontPlan {
  const mix = given(args, env, 'mix') ?? 'demo';
  if (!orderMixes.includes(mix as OrderMix)) {
    throw new TypeError(`--mix is "${mix}"; it has to be one of ${orderMixes.join(', ')}`);
  }
  return {
    mix: mix as OrderMix,
    first: wholeNumber(args, env, 'first', 1),
    count: wholeNumber(args, env, 'count', 100),
    perSecond: wholeNumber(args, env, 'rate', 20),
  };
}

function wholeNumber(args: readonly string[], env: Environment, name: string, otherwise: number): number {
  const text = given(args, env, name);
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} is "${text}"; it has to be a whole number`);
  return Number(text);
}

function given(args: readonly string[], env: Environment, name: string): string | undefined {
  const option = `--${name}=`;
  return (
    args.find((arg) => arg.startsWith(option))?.slice(option.length) ?? env[`SHOP_${name.toUpperCase()}`]
  );
}
