import { describe, expect, it } from '@jest/globals';
import {
  givenSaga,
  handler,
  par,
  scope,
  seq,
  step,
  tell,
  type Scenario,
} from '../../test-engine/saga-scenario.js';
import type { Node } from '../node.js';

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

  it('is a cause of what goes wrong in it', () => {
    const group = scope('group', step('a'), {
      handlers: { rejected: handler('continue', { child: step('repair') }) },
    });
    const failed = givenSaga(group).whenRejected('a', 'sold-out').whenRejected('repair', 'no-way');

    expect(failed.state.failure).toMatchObject({
      error: 'no-way',
      causes: [{ error: 'sold-out', step: 'a', message: 'rejected with sold-out' }],
    });
    expect(failed.state.failure?.causes).toHaveLength(1);
  });

  it('can ask for a person', () => {
    const waiting = handled('incident').whenRejected('b');

    expect(waiting.incidents).toEqual({ b: 'DECLARED' });
    expect(waiting.whenRetried().messages).toEqual(['b/2/do#1']);
  });
});
