import { isSagaId, startOf, type Command, type Instant } from '#libs/messaging';

/** Room for clocks that differ and for the time a command spends being carried out before it is remembered. */
const memoryMarginMs = 3_600_000;

/**
 * Whether a command is so old that the memory of its first delivery may be gone. Carrying it out could repeat its
 * effect, and "never heard of it" would be no answer either.
 */
export function isOlderThanMemory(command: Command, now: Instant, memoryMs: number): boolean {
  return command.at < oldestKept(now, memoryMs);
}

/**
 * Whether another operation of the saga may be older than the memory, so that finding nothing proves nothing. A saga
 * carries its start in its id; an operation is never older than its saga.
 */
export function mayHaveForgotten(command: Command, now: Instant, memoryMs: number): boolean {
  return isSagaId(command.saga) && startOf(command.saga) < oldestKept(now, memoryMs);
}

function oldestKept(now: Instant, memoryMs: number): Instant {
  return now - memoryMs + memoryMarginMs;
}
