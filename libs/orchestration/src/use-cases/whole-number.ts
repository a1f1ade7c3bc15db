import { RequestError } from './request-error.js';

/** A number somebody asked for, if it is a whole one from 1 to `most`. @throws RequestError otherwise. */
export function wholeNumber(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RequestError('INVALID_REQUEST', `${name} has to be a whole number from 1 to ${most}`);
}
