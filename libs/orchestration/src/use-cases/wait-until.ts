import { waitFor, type Clock } from '#libs/messaging';

const firstPauseMs = 5;
const longestPauseMs = 100;

/**
 * Asks `look` until it answers or `withinMs` have passed; `undefined` then.
 *
 * The pauses grow, because most answers come within one round through the home partition and the rest are not urgent.
 */
export async function waitUntil<T>(
  clock: Clock,
  withinMs: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = clock.elapsed() + withinMs;
  let pauseMs = firstPauseMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    const leftMs = deadline - clock.elapsed();
    if (leftMs <= 0) return undefined;
    await waitFor(clock, Math.min(pauseMs, leftMs));
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}
