import { describe, expect, it } from '@jest/globals';
import {
  each,
  givenSaga,
  handler,
  par,
  scope,
  seq,
  step,
  verifiedBy,
  wait,
  type Scenario,
} from '../../test-engine/saga-scenario.js';
import type { Handler, ParNode } from '../node.js';
import type { Values } from '../scope-values.js';

const three = (parts: Partial<ParNode> = {}) =>
  par('three', { a: step('a'), b: step('b'), c: step('c') }, parts);

const people = (parts: Parameters<typeof each>[3] = {}) =>
  each('all', ['p1', 'p2', 'p3', 'p4'], step('ask', { effect: false }), parts);

const caught = (error: string, then: Handler['then'], node: ParNode) =>
  scope('caught', node, { handlers: { [error]: handler(then) } });

const notesOf = ({ effects }: Scenario) =>
  effects.flatMap((effect) => (effect.kind === 'noted' ? [effect.note] : []));

describe('a join that tolerates missing legs', () => {
  it('goes on without them and says who they are', () => {
    const joined = givenSaga(people({ tolerate: { share: 0.5 } }))
      .whenSucceeds('ask@p1', 1)
      .whenRejected('ask@p2')
      .whenSucceeds('ask@p4', 4)
      .whenRejected('ask@p3');

    expect(joined.status).toBe('completed');
    expect(joined.state.steps['all']).toMatchObject({
      output: [1, 4],
      completeness: 0.5,
      missing: ['p2', 'p3'],
    });
  });

  it('notes who has failed, and not who is not needed', () => {
    const joined = givenSaga(three({ tolerate: 2 }))
      .whenRejected('b')
      .whenSucceeds('a')
      .whenSucceeds('c');
    const raced = givenSaga(three({ join: 'any' })).whenSucceeds('a');

    expect(notesOf(joined)).toEqual([{ what: 'missing', legs: ['b'], count: 1, of: 3 }]);
    expect(notesOf(raced)).toEqual([]);
  });

  it('notes who gave nothing where others gave something', () => {
    const asked = givenSaga(people());
    const answers = [1, null, 3, null] as const;
    const some = answers.reduce((saga, data, at) => saga.whenSucceeds(`ask@p${at + 1}`, data), asked);
    const none = answers.reduce((saga, _, at) => saga.whenSucceeds(`ask@p${at + 1}`, null), asked);

    expect(notesOf(some)).toEqual([{ what: 'missing', legs: ['p2', 'p4'], count: 2, of: 4 }]);
    expect(notesOf(none)).toEqual([]);
  });

  it('waits for every leg all the same', () => {
    const two = givenSaga(three({ tolerate: 2 }))
      .whenSucceeds('a')
      .whenRejected('b');

    expect(two.status).toBe('running');
    expect(two.whenSucceeds('c').state.steps['three']).toMatchObject({ missing: ['b'] });
  });

  it('undoes what missing legs have done', () => {
    const legs = par('legs', { left: seq('l', step('a'), step('b')), right: step('c') }, { tolerate: 1 });
    const joined = givenSaga(legs).whenSucceeds('c').whenSucceeds('a').whenRejected('b');

    expect(joined.messages).toEqual(['a/1/undo#1']);
    expect(joined.status).toBe('running');
    expect(joined.whenSucceeds('a/undo').status).toBe('completed');
  });

  it('hides what missing legs have made, but not from their undo', () => {
    const undo = { ...step('a').undo!, data: ({ steps }: Values) => steps['a']!.output };
    const left = seq('l', step('a', { undo }), step('b'));
    const last = step('last', { data: ({ steps }) => Object.keys(steps) });
    const joined = givenSaga(seq('steps', par('legs', { left, right: step('c') }, { tolerate: 1 }), last))
      .whenSucceeds('c')
      .whenSucceeds('a', 'made of a')
      .whenRejected('b');

    expect(joined.opened('last/1/do').data).toEqual(['c', 'legs']);
    expect(joined.opened('a/1/undo').data).toBe('made of a');
  });

  it('keeps what missing legs have done when the rest is to be finished', () => {
    const legs = par(
      'legs',
      { left: seq('l', step('a'), step('b')), right: step('c') },
      { tolerate: 1, rest: 'finish' },
    );

    expect(givenSaga(legs).whenSucceeds('c').whenSucceeds('a').whenRejected('b').status).toBe('completed');
  });

  it('verifies what is in doubt in a missing leg', () => {
    const doubtful = step('a', verifiedBy('shop.look'));
    const timed = scope('timed', doubtful, { timeoutMs: 5_000 });
    const joined = givenSaga(par('legs', { left: timed, right: step('c') }, { tolerate: 1 }))
      .whenLater(5_000)
      .whenSucceeds('c');

    expect(joined.messages).toEqual(['a/1/verify#1']);
    expect(joined.whenSucceeds('a/verify').messages).toEqual(['a/1/undo#1']);
  });
});

describe('a join that too many legs are missing from', () => {
  it('raises the error that they have in common', () => {
    const refused = givenSaga(three())
      .whenRejected('a', 'sold-out')
      .whenRejected('b', 'sold-out')
      .whenSucceeds('c');

    expect(refused.state.failure).toMatchObject({ error: 'sold-out', step: 'a' });
  });

  it.each([
    ['different errors', 'closed', 'incomplete'],
    ['one error', 'sold-out', 'sold-out'],
  ])('names what every leg ended in: %s', (_, error, common) => {
    const refused = givenSaga(three())
      .whenRejected('a', 'sold-out')
      .whenRejected('b', error)
      .whenSucceeds('c');

    expect(refused.state.failure).toMatchObject({
      error: common,
      causes: [
        { error: 'sold-out', step: 'a', leg: 'a', message: 'rejected with sold-out' },
        { error, step: 'b', leg: 'b' },
      ],
    });
  });

  it('names no more causes than people would read', () => {
    const many = Array.from({ length: 30 }, (_, index) => `p${index}`);
    const refused = many.reduce(
      (saga, item, index) => saga.whenRejected(`a@${item}`, `e${index}`),
      givenSaga(each('all', many, step('a'))),
    );

    expect(refused.state.failure?.causes).toHaveLength(20);
  });

  it('raises incomplete when they have none in common', () => {
    const refused = givenSaga(three())
      .whenRejected('a', 'sold-out')
      .whenRejected('b', 'closed')
      .whenSucceeds('c');

    expect(refused.state.failure).toMatchObject({
      error: 'incomplete',
      step: 'three',
      message: '2 of 3 are missing',
      data: { missing: ['a', 'b'], errors: { a: 'sold-out', b: 'closed' } },
    });
  });

  it('raises incomplete when their time was up', () => {
    const late = givenSaga(people({ leg: { timeoutMs: 5_000 } }))
      .whenSucceeds('ask@p1')
      .whenLater(5_000);

    expect(late.state.failure).toMatchObject({ error: 'incomplete', message: '3 of 4 are missing' });
  });

  it('tells the handler what there is', () => {
    const waiting = scope('caught', people(), {
      handlers: { incomplete: handler('retry', { child: wait('pause', 1_000) }) },
    });
    const handled = givenSaga(waiting)
      .whenSucceeds('ask@p1', 1)
      .whenSucceeds('ask@p2', 2)
      .whenRejected('ask@p3', 'this')
      .whenRejected('ask@p4', 'that');

    expect(handled.state.steps['all']).toMatchObject({
      output: [1, 2],
      outcome: 'incomplete',
      completeness: 0.5,
      missing: ['p3', 'p4'],
    });
  });

  it('asks only the missing ones when it is begun again', () => {
    const again = givenSaga(caught('incomplete', 'retry', people()))
      .whenSucceeds('ask@p1', 1)
      .whenRejected('ask@p2', 'this')
      .whenSucceeds('ask@p3', 3)
      .whenRejected('ask@p4', 'that');

    expect(again.messages).toEqual(['ask@p2/2/do#1', 'ask@p4/2/do#1']);
    expect(again.whenSucceeds('ask@p2', 2).whenSucceeds('ask@p4', 4).outputOf('all')).toEqual([1, 2, 3, 4]);
  });

  it('asks only the one that is missing when it is begun again', () => {
    const again = givenSaga(caught('rejected', 'retry', people()))
      .whenSucceeds('ask@p1')
      .whenRejected('ask@p2')
      .whenSucceeds('ask@p3')
      .whenSucceeds('ask@p4');

    expect(again.messages).toEqual(['ask@p2/2/do#1']);
  });

  it('begins again as many at a time as it may', () => {
    const again = givenSaga(caught('rejected', 'retry', people({ each: { concurrency: 1 } })))
      .whenRejected('ask@p1')
      .whenRejected('ask@p2')
      .whenSucceeds('ask@p3')
      .whenSucceeds('ask@p4');

    expect(again.messages).toEqual(['ask@p1/2/do#1']);
    expect(again.whenSucceeds('ask@p1').messages).toEqual(['ask@p2/2/do#1']);
  });

  it('asks again what had no answer as the same operation', () => {
    const legs = each('all', ['p1', 'p2'], step('ask'), { leg: { timeoutMs: 5_000 } });
    const again = givenSaga(caught('incomplete', 'retry', legs))
      .whenSucceeds('ask@p1')
      .whenLater(5_000);

    expect(again.messages).toEqual(['ask@p2/1/do#1']);
  });

  it('lets a person begin the missing ones again', () => {
    const stuck = givenSaga(caught('incomplete', 'incident', people()))
      .whenSucceeds('ask@p1')
      .whenRejected('ask@p2', 'this')
      .whenSucceeds('ask@p3')
      .whenRejected('ask@p4', 'that');

    expect(stuck.incidents).toEqual({ all: 'DECLARED' });
    expect(stuck.whenRetried('all').messages).toEqual(['ask@p2/2/do#1', 'ask@p4/2/do#1']);
  });
});

describe('a leg that answers after its own time', () => {
  it('counts while the join has not decided', () => {
    const timed = scope('timed', step('a'), { timeoutMs: 5_000 });
    const joined = givenSaga(par('both', { left: timed, right: wait('pause', 60_000) }))
      .whenLater(5_000)
      .whenSucceeds('a')
      .whenLater(60_000);

    expect(joined.status).toBe('completed');
    expect(joined.state.steps['both']).toMatchObject({ completeness: 1, missing: [] });
  });

  it('is undone when the join has gone on without it', () => {
    const tolerant = each('all', ['p1', 'p2'], step('ask'), { tolerate: 1, leg: { timeoutMs: 5_000 } });
    const joined = givenSaga(seq('steps', tolerant, wait('pause', 60_000)))
      .whenSucceeds('ask@p1')
      .whenLater(5_000);

    expect(joined.state.steps['all']).toMatchObject({ missing: ['p2'] });
    expect(joined.messages).toEqual(['ask@p2/1/undo#1']);
  });
});

describe('a join that needs some of the legs', () => {
  it('says who came too late', () => {
    const first = givenSaga(three({ join: 'any' })).whenSucceeds('b');

    expect(first.state.steps['three']).toMatchObject({ missing: ['a', 'c'] });
  });

  it('goes on with the first and undoes the others', () => {
    const first = givenSaga(seq('steps', three({ join: 'any' }), step('d'))).whenSucceeds('b');

    expect(first.messages).toEqual(['d/1/do#1', 'a/1/undo#1', 'c/1/undo#1']);
  });

  it('goes on with as many as it needs', () => {
    const one = givenSaga(seq('steps', three({ join: 2 }), step('d')))
      .whenSucceeds('b')
      .whenRejected('a');

    expect(one.messages).toEqual([]);
    expect(one.whenSucceeds('c').messages).toEqual(['d/1/do#1']);
  });

  it('finishes and keeps the others if it is said', () => {
    const first = givenSaga(three({ join: 'any', rest: 'finish' }))
      .whenSucceeds('b')
      .whenRejected('a');

    expect(first.status).toBe('running');
    expect(first.whenSucceeds('c').status).toBe('completed');
  });

  it('does not begin what is not needed any more', () => {
    const given = givenSaga(people({ join: 'any', each: { concurrency: 1 } })).whenSucceeds('ask@p1', 1);

    expect(given.messages).toEqual([]);
    expect(given.outputOf('all')).toEqual([1]);
  });

  it('does not begin what an instant success makes superfluous', () => {
    const instant = (id: string) => ({ kind: 'calc', id, block: id, value: () => 1 }) as const;
    const slow = seq('l', instant('then'), step('slow'));
    const given = givenSaga(par('legs', { quick: instant('now'), slow }, { join: 'any' }));

    expect(given.messages).toEqual([]);
    expect(given.status).toBe('completed');
  });

  it('raises incomplete again when there is nobody to begin again', () => {
    const none = caught('incomplete', 'retry', each('all', [], step('a'), { join: 'any' }));

    expect(givenSaga(none).status).toBe('compensated');
    expect(givenSaga(none).state.failure).toMatchObject({ error: 'incomplete' });
  });

  it('says how many are needed when the list is too short', () => {
    const short = givenSaga(each('all', ['x'], step('a'), { join: 2 })).whenSucceeds('a@x');

    expect(short.state.failure).toMatchObject({
      error: 'incomplete',
      message: '2 have to succeed, and there is only 1',
    });
    expect(short.sent).toEqual(['shop.undo-a']);
  });

  it('makes an empty list again when it is tried again', () => {
    let times = 0;
    const list = () => ((times += 1) === 1 ? [] : ['x']);
    const again = givenSaga(caught('incomplete', 'retry', each('all', list, step('a'), { join: 'any' })));

    expect(again.messages).toEqual(['a@x/1/do#1']);
    expect(again.whenSucceeds('a@x').status).toBe('completed');
  });

  it('raises incomplete when all of them are missing', () => {
    const none = givenSaga(three({ join: 'any' }))
      .whenRejected('a', 'this')
      .whenRejected('b', 'that')
      .whenRejected('c', 'this');

    expect(none.state.failure?.error).toBe('incomplete');
  });
});

describe('a join in a hurry', () => {
  it('decides as soon as too many are missing', () => {
    const failed = givenSaga(three({ failFast: true }))
      .whenSucceeds('a')
      .whenRejected('b', 'sold-out');

    expect(failed.state.failure?.error).toBe('sold-out');
    expect(failed.messages).toEqual(['a/1/undo#1', 'c/1/undo#1']);
  });

  it('begins what it has stopped again, too', () => {
    const again = givenSaga(caught('sold-out', 'retry', three({ failFast: true })))
      .whenSucceeds('a')
      .whenRejected('b', 'sold-out');

    expect(again.messages).toEqual(['b/2/do#1', 'c/2/do#1', 'c/1/undo#1']);
    expect(again.whenSucceeds('b').whenSucceeds('c/2/do').whenSucceeds('c/1/undo').status).toBe('completed');
  });
});
