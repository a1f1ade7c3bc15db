import type { Pause, ShownPause } from '#libs/orchestration';
import { isoTime } from './iso-time.js';

/** What is paused, with times in ISO 8601. */
export function pauseBody({ overAt, ...pause }: Pause & Partial<ShownPause>) {
  const { at, resumed, ...rest } = pause;
  return {
    ...rest,
    at: isoTime(at),
    ...(resumed === undefined
      ? {}
      : { resumed: { at: isoTime(resumed.at), by: resumed.by, reason: resumed.reason } }),
    ...(overAt === undefined ? {} : { overAt: isoTime(overAt) }),
  };
}
