/** What a saga that has ended turned out to be, as later events show. */
export type Verdict = 'good' | 'bad' | 'unknown';

/** Every {@link Verdict}. */
export const verdicts: readonly Verdict[] = ['good', 'bad', 'unknown'];
