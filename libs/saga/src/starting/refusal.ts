/**
 * Why something that could have started a saga did not, beside gates that did not hold.
 *
 * * `coalesced`: a later one of the same key came within the window
 * * `above-threshold`, `below-threshold`: the level did not fall below the number just now
 * * `echo`: an own command caused it
 * * `too-many-hops`: too many sagas lie behind it
 * * `frozen`: the key went back and forth too often
 * * `superseded`: a later one took its place while the running saga was being cancelled
 * * `unlinked`: there is no saga of the key that it links to
 * * `stale`: a fact that it requires is missing, or too old
 * * `queue-full`: too many were waiting for the running saga
 */
export const refusalReasons = [
  'coalesced',
  'above-threshold',
  'below-threshold',
  'echo',
  'too-many-hops',
  'frozen',
  'superseded',
  'unlinked',
  'stale',
  'queue-full',
] as const;

/** Name of such a reason. */
export type RefusalReason = (typeof refusalReasons)[number];
