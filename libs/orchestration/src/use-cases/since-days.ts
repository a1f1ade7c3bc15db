import type { Clock, Instant } from '#libs/messaging';
import { RequestError } from './request-error.js';

const dayMs = 86_400_000;

/** How long so many days are: 1…366, default 30. @throws RequestError when they make no sense. */
export function daysMs(days = 30): number {
  if (!Number.isInteger(days) || days < 1 || days > 366)
    throw new RequestError('INVALID_REQUEST', 'days has to be a whole number from 1 to 366');
  return days * dayMs;
}

/** When so many days ago was. @throws RequestError when they make no sense. */
export function sinceDays(clock: Clock, days?: number): Instant {
  return clock.now() - daysMs(days);
}
