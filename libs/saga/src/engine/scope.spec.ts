import { describe, expect, it } from '@jest/globals';
import { ExpressionError } from '../expression/expression-error.js';
import {
  givenSaga,
  handler,
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
