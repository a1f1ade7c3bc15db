import { describe, expect, it } from '@jest/globals';
import type { ActionInput, Effect } from '#libs/saga';
import { overrideBy } from './override.js';

const ann = { kind: 'action', now: 0, by: 'ann' } as const;
const cancel: ActionInput = { ...ann, action: { kind: 'cancel' } };

describe('what a person asks of a saga', () => {
  it.each<readonly [string, ActionInput, string | undefined]>([
    ['going on without an answer', { ...ann, action: { kind: 'skip', output: null } }, 'skip'],
    ['undoing by hand', { ...ann, action: { kind: 'fix', block: 'charge' } }, 'fix'],
    ['stopping it', cancel, 'cancel'],
    ['asking again', { ...ann, action: { kind: 'retry' } }, undefined],
    ['stopping it, asked by a saga', { ...cancel, isOwn: true }, undefined],
  ])('is judged by what it takes from others: %s', (_, input, override) => {
    expect(overrideBy({ input, effects: [] })).toBe(override);
  });

  it('overrides nothing when it is refused', () => {
    const refused: Effect = { kind: 'refused', code: 'PAST_PIVOT', message: 'it is past its pivot' };

    expect(overrideBy({ input: cancel, effects: [refused] })).toBeUndefined();
  });
});
