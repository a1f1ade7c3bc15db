import type { Instant } from '#libs/messaging';
import type { Pause, ShownPause } from '#libs/orchestration';

/** What is paused, with times in ISO 8601. */
export function pauseBody({ overAt, ...pause }: Pause & Partial<ShownPause>) {
  const { at, resumed, ...rest } = pause;
  return {
    ...rest,
    at: timeOf(at),
    ...(resumed === undefined
      ? {}
      : { resumed: { at: timeOf(resumed.at), by: resumed.by, reason: resumed.reason } }),
    ...(overAt === undefined ? {} : { overAt: timeOf(overAt) }),
  };
}

function timeOf(at: Instant): string {
  return new Date(at).toISOString();
}
