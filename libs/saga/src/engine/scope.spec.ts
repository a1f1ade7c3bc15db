import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import {
  givenSaga,
  handler,
  par,
  program,
  scope,
  seq,
  step,
  tell,
  type Scenario,
} from '../../test-engine/saga-scenario.js';
import type { Node } from '../node.js';

const raise = (id: string, error: string): Node => ({
  kind: 'raise',
  id,
  block: id,
  signal: { kind: 'error', error },
});

describe('an error', () => {
  const caughtBy = (handlers: Parameters<typeof scope>[2], error = 'declined'): Scenario =>
    givenSaga(seq('steps', scope('group', step('a'), handlers), step('b'))).whenRejected('a', error);

  it('is caught by its name', () => {
    expect(caughtBy({ handlers: { declined: handler('continue') } }).sent).toEqual(['shop.b']);
  });

  it('is caught as rejected when a participant refused', () => {
    expect(caughtBy({ handlers: { rejected: handler('continue') } }).sent).toEqual(['shop.b']);
  });

  it('is caught by its name before rejected', () => {
    const output = () => 'by name';
    const caught = caughtBy({
      handlers: { rejected: handler('continue'), declined: handler('continue', { output }) },
    });

    expect(caught.outputOf('group')).toBe('by name');
  });

  it('of the engine is not caught as rejected', () => {
    const failing = step('a', { retry: { ...step('a').retry, attempts: 1 } });
    const failed = givenSaga(
      scope('group', failing, { handlers: { rejected: handler('continue') } }),
    ).whenFails('a');

    expect(failed.status).toBe('compensated');
  });

  it('goes outwards until it is caught', () => {
    const inner = scope('inner', step('a'), { handlers: { other: handler('continue') } });
    const caught = givenSaga(
      seq('steps', scope('outer', inner, { handlers: { declined: handler('continue') } }), step('b')),
    ).whenRejected('a', 'declined');

    expect(caught.sent).toEqual(['shop.b']);
  });

  it('raised in a handler is not caught by the same scope', () => {
    const handlers = { declined: handler('continue', { child: raise('again', 'declined') }) };

    expect(givenSaga(scope('group', step('a'), { handlers })).whenRejected('a', 'declined').status).toBe(
      'compensated',
    );
  });

  it('is seen by the blocks of its handler', () => {
    const why: Node = { kind: 'calc', id: 'why', block: 'why', value: ({ failure }) => failure!.error };
    const caught = caughtBy({ handlers: { declined: handler('continue', { child: why }) } });

    expect(caught.outputOf('why')).toBe('declined');
  });

  it('nobody catches undoes everything', () => {
    expect(caughtBy({}).status).toBe('compensated');
  });

  it('is raised where an expression cannot be evaluated', () => {
    const unsure: Node = {
      kind: 'calc',
      id: 'value',
      block: 'value',
      value: () => {
        throw new ExpressionError('no such field');
      },
    };
    const caught = givenSaga(scope('group', unsure, { handlers: { invalid: handler('continue') } }));

    expect(caught.status).toBe('completed');
    expect(caught.outcomeOf('group')).toBe('invalid');
  });
});

describe('a handler', () => {
  const handled = (then: Parameters<typeof handler>[0], parts = {}): Scenario => {
    const group = scope('group', seq('body', step('a'), step('b')), {
      handlers: { rejected: handler(then, parts) },
    });
    return givenSaga(seq('steps', group, step('c'))).whenSucceeds('a');
  };

  it('runs its blocks before the flow goes on', () => {
    const repairing = handled('continue', { child: step('repair') }).whenRejected('b');

    expect(repairing.sent).toEqual(['shop.repair']);
    expect(repairing.whenSucceeds('repair').sent).toEqual(['shop.c']);
  });

  it('gives the scope an output', () => {
    expect(
      handled('continue', { output: () => 7 })
        .whenRejected('b')
        .outputOf('group'),
    ).toBe(7);
  });

  it('undoes the inside first when it says so', () => {
    const undoing = handled('continue', { undo: true }).whenRejected('b');

    expect(undoing.sent).toEqual(['shop.undo-a']);
    expect(undoing.status).toBe('running');
    expect(undoing.whenSucceeds('a/undo').sent).toEqual(['shop.c']);
  });

  it('undoes nothing outside of its scope', () => {
    const group = scope('group', step('b'), { handlers: { rejected: handler('continue', { undo: true }) } });
    const caught = givenSaga(seq('steps', step('a'), group, step('c')))
      .whenSucceeds('a')
      .whenRejected('b');

    expect(caught.sent).toEqual(['shop.c']);
  });

  it('tries again what raised, as another operation', () => {
    expect(handled('retry').whenRejected('b').messages).toEqual(['b/2/do#1']);
  });

  it('tries everything again after it was undone', () => {
    const undone = handled('retry', { undo: true }).whenRejected('b').whenSucceeds('a/undo');

    expect(undone.messages).toEqual(['a/2/do#1']);
  });

  it('tries as often as it says', () => {
    const spent = handled('retry', { times: 1 }).whenRejected('b').whenRejected('b', 'still-no');

    expect(spent.sent).toEqual(['shop.undo-a']);
    expect(spent.state.failure?.error).toBe('still-no');
  });

  it('begins again the whole block in which nothing was done yet', () => {
    const choice: Node = {
      kind: 'pick',
      id: 'choice',
      cases: [{ name: 'one', if: () => true, child: seq('do', tell('told'), step('b')) }],
    };
    const group = scope('group', seq('body', step('a'), choice), {
      handlers: { rejected: handler('retry') },
    });
    const again = givenSaga(group).whenSucceeds('a').whenRejected('b');

    expect(again.effects).toContainEqual(expect.objectContaining({ kind: 'tell', id: 'told/2' }));
    expect(again.messages).toEqual(['b/2/do#1']);
  });

  it('leaves the legs that are done alone when it tries again', () => {
    const both = par('both', { left: step('a'), right: step('b') });
    const again = givenSaga(scope('group', both, { handlers: { rejected: handler('retry') } }))
      .whenSucceeds('a')
      .whenRejected('b');

    expect(again.messages).toEqual(['b/2/do#1']);
  });

  it('asks once more about an operation in doubt', () => {
    const once = step('a', { retry: { ...step('a').retry, attempts: 1 } });

    expect(
      givenSaga(scope('group', once, { handlers: { unknown: handler('retry') } })).whenSilent().messages,
    ).toEqual(['a/1/do#1']);
  });

  it('takes a success into account that comes while it is at work', () => {
    const once = step('a', { retry: { ...step('a').retry, attempts: 1 } });
    const group = scope('group', once, {
      handlers: { unknown: handler('retry', { child: step('repair') }) },
    });
    const repairing = givenSaga(seq('steps', group, step('b')))
      .whenSilent()
      .whenSucceeds('a', { id: 7 });

    expect(repairing.sent).toEqual([]);
    expect(repairing.whenSucceeds('repair').sent).toEqual(['shop.b']);
    expect(repairing.whenSucceeds('repair').outputOf('a')).toEqual({ id: 7 });
  });

  it('can undo the whole saga', () => {
    const compensating = handled('compensate').whenRejected('b');

    expect(compensating.status).toBe('compensating');
    expect(compensating.sent).toEqual(['shop.undo-a']);
  });

  it('can ask for a person', () => {
    const waiting = handled('incident').whenRejected('b');

    expect(waiting.incidents).toEqual({ b: 'DECLARED' });
    expect(waiting.whenRetried().messages).toEqual(['b/2/do#1']);
  });
});

describe('a scope with a clock', () => {
  const timed = (handlers = {}): Scenario => {
    const group = scope('group', seq('body', step('a'), step('b')), { timeoutMs: 5_000, handlers });
    return givenSaga(seq('steps', group, step('c')));
  };

  it('raises timed-out', () => {
    const late = timed().whenSucceeds('a').whenLater(5_000);

    expect(late.state.failure).toMatchObject({ error: 'timed-out', step: 'group' });
    expect(late.sent).toEqual(['shop.undo-b']);
  });

  it('does not send any more once its time is up', () => {
    const late = timed().whenFails('a', { retryAfterMs: 45_000 }).whenLater(5_000);

    expect(late.sent).toEqual([]);
    expect(late.status).toBe('compensated');
  });

  it('can go on without what it waits for', () => {
    const late = timed({ 'timed-out': handler('continue') }).whenLater(5_000);

    expect(late.sent).toEqual(['shop.c', 'shop.undo-a']);
  });

  it('is stopped when it is done', () => {
    const done = timed().whenSucceeds('a').whenSucceeds('b');

    expect(done.whenLater(5_000).status).toBe('running');
  });

  it('can be tried again where it stood', () => {
    const again = timed({ 'timed-out': handler('retry') })
      .whenSucceeds('a')
      .whenLater(5_000);

    expect(again.messages).toEqual(['b/1/do#1']);
    expect(again.whenLater(5_000).messages).toEqual(['b/1/do#1']);
  });
});

describe('a scope with a name', () => {
  it('has an output', () => {
    const group = scope('group', step('a'), { output: ({ steps }) => steps['a']!.output });

    expect(givenSaga(group).whenSucceeds('a', 7).state.steps['group']).toMatchObject({
      output: 7,
      outcome: 'succeeded',
    });
  });

  it('has the outcome of the error that was handled', () => {
    const group = scope('group', step('a'), { handlers: { rejected: handler('continue') } });

    expect(givenSaga(group).whenRejected('a').outcomeOf('group')).toBe('rejected');
  });

  it('raises invalid to the outside when its output cannot be made', () => {
    const output = () => {
      throw new ExpressionError('no such field');
    };
    const group = scope('group', tell('told'), { output, handlers: { invalid: handler('continue') } });

    expect(givenSaga(program(group)).status).toBe('compensated');
  });
});
