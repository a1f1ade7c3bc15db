import type { RetryPolicy } from '../node.js';

/**
 * How long to rest after the `sends`-th message before the next one.
 *
 * Jitter is a hash of what is sent, not a draw: the same saga rests equally long when it is folded again, and sagas
 * that failed together still come back apart because `seed` differs.
 */
export function retryDelay(policy: RetryPolicy, sends: number, seed: string): number {
  const full = Math.min(policy.maxDelayMs, policy.delayMs * policy.factor ** (sends - 1));
  return Math.round(full * (1 - policy.jitter * share(`${seed}.${sends}`)));
}

/** Whether another message may be sent after `sends` of them. */
export function maySendAgain(policy: RetryPolicy, sends: number): boolean {
  return policy.attempts === 'forever' || sends < policy.attempts;
}

/** 0…1, spread evenly over texts (FNV-1a). */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) / 0x1_0000_0000;
}
