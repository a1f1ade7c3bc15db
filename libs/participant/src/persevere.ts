import type { Clock } from '#libs/messaging';

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** Calls `attempt` until it succeeds, with growing pauses. `undefined` when `signal` was aborted before that. */
export async function persevere<Result>(
  attempt: () => Promise<Result>,
  clock: Clock,
  signal: AbortSignal,
  failed: (error: unknown, delayMs: number) => void,
): Promise<Result | undefined> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return undefined;
      failed(error, delayMs);
    }
    await pause(clock, delayMs, signal);
    if (signal.aborted) return undefined;
  }
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal.addEventListener('abort', end);
  });
}
