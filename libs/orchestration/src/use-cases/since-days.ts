import type { Clock, Instant } from '#libs/messaging';
import { wholeNumber } from './whole-number.js';

const dayMs = 86_400_000;

/** How long so many days are: 1…366, default 30. @throws RequestError when they make no sense. */
export function daysMs(days = 30): number {
  return wholeNumber('days', days, 366) * dayMs;
}

/** When so many days ago was. @throws RequestError when they make no sense. */
export function sinceDays(clock: Clock, days?: number): Instant {
  return clock.now() - daysMs(days);
}
