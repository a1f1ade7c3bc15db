import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import type { Node } from '../node.js';
import { nextDue } from '../turn.js';
import { advance } from './advance.js';
import { FuelSpentError } from './fuel-spent-error.js';
import {
  givenSaga,
  handler,
  loop,
  par,
  program,
  scope,
  seq,
  step,
  tell,
  wait,
} from '../../test-engine/saga-scenario.js';

const invalid = (): never => {
  throw new ExpressionError('no such field');
};

describe('a sequence', () => {
  it('runs through what waits for nothing at once', () => {
    expect(
      givenSaga(seq('steps', tell('one'), tell('two'), step('three'))).effects.map(({ kind }) => kind),
    ).toEqual(['tell', 'tell', 'open']);
  });

  it('without children is done', () => {
    expect(givenSaga(seq('steps')).status).toBe('completed');
  });

  it('makes results visible to what follows', () => {
    const second = step('second', { data: ({ steps }) => steps['first']!.output });

    expect(
      givenSaga(seq('steps', step('first'), second))
        .whenSucceeds('first', { id: 7 })
        .opened('second').data,
    ).toEqual({ id: 7 });
  });
});

describe('legs beside each other', () => {
  const both = par('both', { left: step('a'), right: step('b') });

  it('begin together', () => {
    expect(givenSaga(both).sent).toEqual(['shop.a', 'shop.b']);
  });

  it('are joined when the last one is done', () => {
    const first = givenSaga(seq('steps', both, step('c'))).whenSucceeds('b');

    expect(first.sent).toEqual([]);
    expect(first.whenSucceeds('a').sent).toEqual(['shop.c']);
  });

  it('all settle before an error goes outwards', () => {
    const refused = givenSaga(both).whenRejected('a');

    expect(refused.status).toBe('running');
    expect(refused.whenSucceeds('b').sent).toEqual(['shop.undo-b']);
  });

  it('raise the error of the one that refused', () => {
    const refused = givenSaga(both).whenRejected('b', 'no-b').whenSucceeds('a');

    expect(refused.state.failure).toMatchObject({ error: 'no-b', step: 'b' });
  });

  it('are reopened by a late answer while the join waits', () => {
    const timed = scope('timed', step('a'), { timeoutMs: 5_000 });
    const late = givenSaga(
      seq('steps', par('both', { left: timed, right: wait('pause', 60_000) }), step('c')),
    ).whenLater(5_000);

    expect(late.status).toBe('running');
    expect(late.whenSucceeds('a').whenLater(60_000).sent).toEqual(['shop.c']);
  });
});

describe('a choice', () => {
  const choice = (guards: readonly (() => boolean)[], otherwise?: Node): Node => ({
    kind: 'pick',
    id: 'choice',
    block: 'choice',
    cases: guards.map((guard, index) => ({ name: `case${index}`, if: guard, child: step(`step${index}`) })),
    ...(otherwise && { otherwise }),
  });

  it('takes the first case that holds', () => {
    expect(givenSaga(choice([() => false, () => true, () => true])).sent).toEqual(['shop.step1']);
  });

  it('takes the other way when no case holds', () => {
    expect(givenSaga(choice([() => false], step('other'))).sent).toEqual(['shop.other']);
  });

  it('is skipped when there is no other way', () => {
    expect(givenSaga(choice([() => false])).outcomeOf('choice')).toBe('skipped');
  });

  it('raises invalid when a guard cannot be evaluated', () => {
    expect(givenSaga(choice([invalid])).state.failure).toMatchObject({ error: 'invalid', step: 'choice' });
  });
});

describe('a loop', () => {
  const polled = (max: number) =>
    loop('polling', max, ({ steps }) => steps['poll']!.output === 'ready', step('poll'));

  it('runs until its condition holds', () => {
    const again = givenSaga(polled(5)).whenSucceeds('poll@1/1/do', 'busy');

    expect(again.messages).toEqual(['poll@2/1/do#1']);
    expect(again.whenSucceeds('poll@2/1/do', 'ready').status).toBe('completed');
  });

  it('fails when the condition does not hold in time', () => {
    const failed = givenSaga(
      scope('group', polled(1), { handlers: { failed: handler('continue') } }),
    ).whenSucceeds('poll@1/1/do', 'busy');

    expect(failed.outcomeOf('group')).toBe('failed');
  });

  it('is undone from the last iteration to the first', () => {
    const twice = givenSaga(polled(2))
      .whenSucceeds('poll@1/1/do', 'busy')
      .whenSucceeds('poll@2/1/do', 'busy');

    expect(twice.messages).toEqual(['poll@2/1/undo#1']);
    expect(twice.whenSucceeds('poll@2/1/undo').messages).toEqual(['poll@1/1/undo#1']);
  });

  it('that never waits spends its fuel', () => {
    const endless = program(loop('endless', 1e6, () => false, tell('told')));

    expect(() => givenSaga(endless)).toThrow(FuelSpentError);
  });
});

describe('a wait', () => {
  it('goes on when the time has come', () => {
    const waiting = givenSaga(seq('steps', wait('pause', 5_000), step('a')));

    expect(nextDue(waiting.state)).toBe(1_005_000);
    expect(waiting.whenLater(4_999).state).toBe(waiting.state);
    expect(waiting.whenLater(5_000).sent).toEqual(['shop.a']);
  });

  it('until an instant that has passed is none', () => {
    const until: Node = {
      kind: 'ask',
      channel: 'time',
      id: 'pause',
      block: 'pause',
      wait: { until: () => 5 },
    };

    expect(givenSaga(seq('steps', until, step('a'))).sent).toEqual(['shop.a']);
  });

  it('raises invalid when its instant cannot be told', () => {
    const until: Node = {
      kind: 'ask',
      channel: 'time',
      id: 'pause',
      block: 'pause',
      wait: { until: invalid },
    };

    expect(givenSaga(until).state.failure).toMatchObject({ error: 'invalid', step: 'pause' });
  });
});

describe('an early end', () => {
  const end: Node = { kind: 'raise', id: 'end', block: 'end', signal: { kind: 'end', result: 'denied' } };

  it('completes the saga with a result', () => {
    const ended = givenSaga(seq('steps', end, step('never')));

    expect(ended.effects).toEqual([{ kind: 'finish', status: 'completed', result: 'denied' }]);
    expect(ended.state.facts.result).toBe('denied');
  });

  it('keeps what was done', () => {
    expect(givenSaga(seq('steps', step('a'), end)).whenSucceeds('a').sent).toEqual([]);
  });
});

describe('the fold', () => {
  it('begins with a start only', () => {
    expect(() => advance(program(step('a')), undefined, { kind: 'due', now: 1 })).toThrow(TypeError);
  });

  it('fires what is due in the order of time', () => {
    const legs = par('both', {
      late: seq('l', wait('long', 2_000), step('b')),
      early: seq('e', wait('short', 1_000), step('a')),
    });

    expect(givenSaga(legs).whenLater(3_000).sent).toEqual(['shop.a', 'shop.b']);
  });

  it('keeps the state of an order small', () => {
    const order = givenSaga(seq('steps', step('reserveStock'), step('chargeCard'), step('arrangeShipping')))
      .whenSucceeds('reserveStock')
      .whenSucceeds('chargeCard');
    const { facts: _facts, input: _input, steps: _steps, ...own } = order.state;

    expect(JSON.stringify(own).length).toBeLessThan(600);
  });
});
