import type { Instant } from '#libs/messaging';

/** An instant as it is told over HTTP. */
export function isoTime(at: Instant): string {
  return new Date(at).toISOString();
}
