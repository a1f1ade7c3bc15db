import { SystemClock, waitFor } from '#libs/messaging';

const clock = new SystemClock();
const everyMs = 50;

/** What was waited for did not come about in time. */
export class DeadlineError extends Error {}

/**
 * Looks again and again until `look` answers something, and answers that.
 *
 * @throws DeadlineError that names what was awaited and the last thing seen or thrown.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 30_000,
): Promise<T> {
  const deadline = clock.elapsed() + withinMs;
  let trouble = '';
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      trouble = '';
    } catch (error) {
      trouble = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (clock.elapsed() >= deadline) throw new DeadlineError(`${what}: not within ${withinMs} ms${trouble}`);
    await waitFor(clock, everyMs);
  }
}
