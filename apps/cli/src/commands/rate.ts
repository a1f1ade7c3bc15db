import { UsageError } from '../cli-context.js';

/** How many a second, as `--rate` says it. @throws UsageError when it is no whole number from 1 to `most`. */
export function rateOf(text: string, most: number): number {
  const rate = Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= most) return rate;
  throw new UsageError(`--rate has to be a whole number from 1 to ${most}, not "${text}"`);
}
