import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import { givenSaga, handler, plain, scope, seq, step, verifiedBy } from '../../test-engine/saga-scenario.js';
import type { CommandAsk } from '../node.js';

const day = 86_400_000;
const start = 1_000_000;

const fresh: Pick<CommandAsk, 'fresh'> = {
  fresh: {
    withinMs: day,
    asOf: ({ data }) => {
      const { at } = data as { at?: number };
      if (at === undefined) throw new ExpressionError('it has no field "at"');
      return at;
    },
  },
};

const old = { at: start - day - 1 };
const recent = { at: start - day };

const query = plain('check', { ...fresh, effect: false });

describe('a step that needs a fresh answer', () => {
  it('goes on with one', () => {
    const answered = givenSaga(seq('steps', query, step('next'))).whenSucceeds('check', recent);

    expect(answered.outputOf('check')).toEqual(recent);
    expect(answered.sent).toEqual(['shop.next']);
  });

  it('asks anew when the answer is old', () => {
    const answered = givenSaga(seq('steps', query, step('next'))).whenSucceeds('check', old);

    expect(answered.sent).toEqual([]);
    expect(answered.whenSilent().messages).toEqual(['check/1/do#2']);
  });

  it('counts an old answer once, however often it comes', () => {
    const answered = givenSaga(query).whenSucceeds('check', old);

    expect(answered.whenSucceeds('check', old).state).toBe(answered.state);
    const again = answered.whenSilent();
    expect(again.whenSucceeds('check', old, { attempt: 1 }).state).toBe(again.state);
  });

  it('takes an answer for old that does not say when it was true', () => {
    expect(givenSaga(query).whenSucceeds('check', {}).whenSilent().messages).toEqual(['check/1/do#2']);
  });

  it('notes that the answer was old', () => {
    expect(givenSaga(query).whenSucceeds('check', old).effects).toContainEqual({
      kind: 'noted',
      block: 'check',
      note: {
        what: 'too-old',
        call: 'shop.check',
        problem: 'the answer was true at 1969-12-31T00:16:39.999Z, which is too long ago',
      },
    });
  });

  it('knows nothing when all answers are old', () => {
    const once = plain('check', { ...query, retry: { ...query.retry, attempts: 1 } });
    const unknown = givenSaga(once).whenSucceeds('check', old);

    expect(unknown.outcomeOf('check')).toBe('unknown');
    expect(unknown.incidents).toEqual({ check: 'UNKNOWN' });
  });

  it('lets the definition say what is done without', () => {
    const once = plain('check', { ...query, retry: { ...query.retry, attempts: 1 } });
    const caught = givenSaga(
      scope('all', once, { handlers: { unknown: handler('continue', { output: () => 'safe' }) } }),
    ).whenSucceeds('check', old);

    expect(caught.outputOf('all')).toBe('safe');
  });
});

describe('an old answer to a command with an effect', () => {
  const charge = step('charge', { ...fresh, ...verifiedBy('shop.charge-status') });

  it('is verified', () => {
    expect(givenSaga(charge).whenSucceeds('charge', old).sent).toEqual(['shop.charge-status']);
  });

  it('is asked about again while that answer is old, too', () => {
    const verified = givenSaga(charge).whenSucceeds('charge', old).whenSucceeds('charge/verify', old);

    expect(verified.outcomeOf('charge')).toBeUndefined();
    expect(verified.whenSilent().messages).toEqual(['charge/1/verify#2']);
  });

  it('is undone when nothing fresh can be learned', () => {
    const undone = givenSaga(step('charge', { ...fresh, ifUnknown: 'undo' })).whenSucceeds('charge', old);

    expect(undone.sent).toEqual(['shop.undo-charge']);
  });

  it('does not make the flow go back once it went on', () => {
    const gone = givenSaga(seq('steps', step('charge', fresh), step('next'))).whenSucceeds('charge', recent);

    expect(gone.whenSucceeds('charge', old).state).toBe(gone.state);
  });
});
