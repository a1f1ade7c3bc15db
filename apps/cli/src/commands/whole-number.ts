import { UsageError } from '../cli-context.js';

/** The number of an option such as `--rate`. @throws UsageError when it is no whole number from 1 to `most`. */
export function wholeNumberOf(option: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new UsageError(`${option} has to be a whole number from 1 to ${most}, not "${text}"`);
}
