import { describe, expect, it } from '@jest/globals';
import {
  givenSaga,
  handler,
  loop,
  pivot,
  plain,
  scope,
  seq,
  step,
  verifiedBy,
  type Scenario,
} from '../../test-engine/saga-scenario.js';
import type { ChosenSilence, SilenceCase, SilencePolicy } from '../node.js';
import type { Values } from '../scope-values.js';
import { ExpressionError } from '../expression/expression-error.js';
import { nextDue } from '../turn.js';

type Seen = Record<'step', Record<'block' | 'kind' | 'call' | 'participant', string>> & {
  readonly before: Record<'step' | 'participant', { times: number; outcome: string; took: string }>;
};

const usual = { afterMs: 10_000, acceptedMs: 60_000, because: 'the usual' };
const longer = { afterMs: 40_000, acceptedMs: 300_000, because: 'nights are slow' };

function patient(
  holds: (seen: Seen, values: Values) => boolean,
  kind: ChosenSilence['kind'] = 'compensable',
): SilencePolicy {
  const first: SilenceCase = {
    ...longer,
    holds: (values) => holds(values.locals as unknown as Seen, values),
  };
  return { afterMs: 1, acceptedMs: 1, chosen: { policy: 'patient', kind, cases: [first, usual] } };
}

function waited({ state }: Scenario): number {
  return nextDue(state)! - state.at;
}

function reasons({ effects }: Scenario): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'noted' && effect.note.what === 'patience' ? [effect.note.because] : [],
  );
}

describe('a step whose time-out is a policy', () => {
  const byTime = patient((_, { now }) => now < 1_500_000);

  it('waits as long as the first case that holds', () => {
    expect(waited(givenSaga(step('a', { timeout: byTime })))).toBe(40_000);
    expect(waited(givenSaga(step('a', { timeout: patient(() => false) })))).toBe(10_000);
  });

  it('tells how long and why before it is sent', () => {
    const { effects } = givenSaga(step('a', { timeout: byTime }));

    expect(effects.map(({ kind }) => kind)).toEqual(['noted', 'open']);
    expect(effects[0]).toEqual({
      kind: 'noted',
      block: 'a',
      note: { what: 'patience', operation: 'a/1/do', call: 'shop.a', policy: 'patient', ...longer },
    });
  });

  it('tells it again only when it differs', () => {
    const silent = givenSaga(step('a', { timeout: byTime })).whenSilent();
    const again = silent.whenSilent();
    const late = again.when({ kind: 'due', now: 1_600_000 }).whenSilent();

    expect([again.sent, reasons(again)]).toEqual([['shop.a'], []]);
    expect([late.sent, reasons(late), waited(late)]).toEqual([['shop.a'], ['the usual'], 10_000]);
  });

  it('bears the silence of what is accepted as it was when it was sent', () => {
    const sent = givenSaga(step('a', { timeout: byTime }));

    expect(waited(sent.whenAccepted('a', { now: 1_600_000 }))).toBe(300_000);
  });

  it('keeps what was decided as plain data', () => {
    const { state } = givenSaga(step('a', { timeout: byTime }));

    expect(JSON.parse(JSON.stringify(state))).toMatchObject({
      operations: [{ do: { patience: { ...longer, sentAt: 1_000_000 } } }],
    });
  });

  it('takes what cannot be computed for not true', () => {
    const broken = patient(() => {
      throw new ExpressionError('division by zero');
    });

    expect(reasons(givenSaga(step('a', { timeout: broken })))).toEqual(['the usual']);
  });

  it('waits for what is in doubt as long as it would have', () => {
    const timeout = patient(() => true);
    const waiting = givenSaga(step('a', { timeout, ifUnknown: 'wait' })).whenSilent();

    expect(waited(waiting)).toBe(300_000);
  });
});

describe('a policy that asks what was before', () => {
  it('knows former messages of the step and how they ended', () => {
    const seen: Seen['before']['step'][] = [];
    const timeout = patient(({ before }) => seen.push(before.step) > 1);
    const first = givenSaga(step('a', { timeout }));
    const failed = first.whenFails('a', { now: first.state.at + 2_500 }).whenSilent();
    const silent = failed.whenSilent().whenSilent();

    expect(reasons(failed)).toEqual(['nights are slow']);
    expect(silent.sent).toEqual(['shop.a']);
    expect(seen).toEqual([
      { times: 0, outcome: 'none', took: '0ms' },
      { times: 1, outcome: 'failed', took: '2500ms' },
      { times: 2, outcome: 'silent', took: '40000ms' },
    ]);
  });

  it('knows the former round of a step that a handler begins again', () => {
    const timeout = patient(({ before }) => before.step.outcome === 'rejected' && before.step.times === 1);
    const again = givenSaga(
      scope('g', step('a', { timeout }), { handlers: { 'sold-out': handler('retry') } }),
    ).whenRejected('a', 'sold-out');

    expect([again.messages, reasons(again)]).toEqual([['a/2/do#1'], ['nights are slow']]);
  });

  it('knows what became of other steps of the same participant', () => {
    const seen: Seen['before']['participant'][] = [];
    const timeout = patient(({ before }) => seen.push(before.participant) < 0);
    const first = givenSaga(seq('s', step('a'), plain('b', { call: 'bank.b' }), step('c', { timeout })));
    const second = first.whenSucceeds('a', null, { now: first.state.at + 7_000 });
    second.whenSucceeds('b', null, { now: second.state.at + 50 });

    expect(seen).toEqual([{ times: 1, outcome: 'succeeded', took: '7000ms' }]);
  });

  it('knows in each iteration of a loop that iteration only', () => {
    const seen: number[] = [];
    const timeout = patient(({ before }) => seen.push(before.step.times) < 0);
    givenSaga(loop('l', 3, () => false, plain('a', { timeout })))
      .whenSucceeds('a@1/1/do')
      .whenSucceeds('a@2/1/do');

    expect(seen).toEqual([0, 0, 0]);
  });
});

describe('a policy that asks what is sent', () => {
  it('knows block, kind, command and participant', () => {
    const seen: Seen['step'][] = [];
    const timeout = patient(({ step: about }) => seen.push(about) < 0, 'pivot');
    givenSaga(pivot('pay', { call: 'bank.charge', timeout, ...verifiedBy('ledger.status') })).whenSilent();

    expect(seen).toEqual([
      { block: 'pay', kind: 'pivot', call: 'bank.charge', participant: 'bank' },
      { block: 'pay', kind: 'question', call: 'ledger.status', participant: 'ledger' },
    ]);
  });

  it('decides for what undoes a step as well', () => {
    const undo = {
      call: 'shop.undo-a',
      retry: { attempts: 3, delayMs: 1_000, factor: 2, maxDelayMs: 60_000, jitter: 0 },
      timeout: patient(({ step: about }) => about.kind === 'undo', 'undo'),
    } as const;
    const undoing = givenSaga(seq('s', step('a', { undo }), step('b')))
      .whenSucceeds('a')
      .whenRejected('b');

    expect([undoing.sent, reasons(undoing)]).toEqual([['shop.undo-a'], ['nights are slow']]);
    expect(waited(undoing.whenAccepted('a/undo'))).toBe(300_000);
  });
});

describe('a step with a time-out of its own', () => {
  it('tells nothing of it and keeps nothing', () => {
    const { effects, state } = givenSaga(step('a'));

    expect(effects.map(({ kind }) => kind)).toEqual(['open']);
    expect(JSON.stringify(state)).not.toContain('patience');
  });
});
