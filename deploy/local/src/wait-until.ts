import { setTimeout as pause } from 'node:timers/promises';
import { LocalStackError } from './local-stack-error.js';

/** What is awaited, for how long, and how often it is looked at. */
export interface Wait {
  readonly what: string;
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/**
 * Waits until `attempt` answers true. A throw counts as "not yet" and is kept as the cause of the
 * `NOT_ANSWERING` error that ends the wait; a `LocalStackError` ends it at once.
 */
export async function waitUntil(wait: Wait, attempt: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + wait.timeoutMs;
  let lastFailure: unknown;
  for (;;) {
    try {
      if (await attempt()) return;
    } catch (failure) {
      if (failure instanceof LocalStackError) throw failure;
      lastFailure = failure;
    }
    if (performance.now() > deadline) throw timedOut(wait, lastFailure);
    await pause(wait.everyMs ?? 50);
  }
}

function timedOut(wait: Wait, cause: unknown): LocalStackError {
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new LocalStackError('NOT_ANSWERING', `${wait.what}: not within ${wait.timeoutMs} ms${detail}`, {
    cause,
  });
}
