/** Names of errors that the engine raises itself; no participant and no `raise` may use them. */
export const ENGINE_ERRORS = [
  'rejected',
  'failed',
  'unknown',
  'unconfirmed',
  'timed-out',
  'incomplete',
  'stale',
  'invalid',
  'locked',
  'lock-lost',
  'switched-off',
  'cancelled',
] as const;

/** Is this error raised by the engine, rather than by a participant or a `raise`? */
export function isEngineError(error: string): boolean {
  return (ENGINE_ERRORS as readonly string[]).includes(error);
}
