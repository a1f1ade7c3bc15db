import { describe, expect, it } from '@jest/globals';
import {
  each,
  givenSaga,
  handler,
  loop,
  program,
  scope,
  seq,
  step,
  tell,
} from '../../test-engine/saga-scenario.js';
import { ExpressionError } from '../expression/expression-error.js';
import type { CommandAsk } from '../node.js';

const item: CommandAsk['data'] = ({ locals }) => locals!['item']!;

const ask = step('ask', { data: item });

describe('a leg for each item', () => {
  it('names its operations by the key of the item', () => {
    const given = givenSaga(each('all', ['x', 'y/z'], ask));

    expect(given.messages).toEqual(['ask@x/1/do#1', 'ask@y%2Fz/1/do#1']);
    expect(given.opened('ask@x/1/do').data).toBe('x');
  });

  it('leaves what succeeded, in the order of the items', () => {
    const both = givenSaga(each('all', ['x', 'y'], ask))
      .whenSucceeds('ask@y', 'made of y')
      .whenSucceeds('ask@x', 'made of x');

    expect(both.status).toBe('completed');
    expect(both.outputOf('all')).toEqual(['made of x', 'made of y']);
    expect(both.state.steps['all']).toMatchObject({ completeness: 1, missing: [] });
  });

  it('is known by its position when there is no key', () => {
    const { items, ...rest } = each('all', ['x', 'x'], ask);
    const { key: _, ...keyless } = items!;

    expect(givenSaga({ ...rest, items: keyless }).messages).toEqual(['ask@0/1/do#1', 'ask@1/1/do#1']);
  });

  it('sees its position', () => {
    const given = givenSaga(
      each('all', ['x', 'y'], step('ask', { data: ({ locals }) => locals!['index']! })),
    );

    expect(given.opened('ask@y/1/do').data).toBe(1);
  });

  it('is not needed when there are no items', () => {
    const none = givenSaga(each('all', [], ask));

    expect(none.status).toBe('completed');
    expect(none.state.steps['all']).toMatchObject({ output: [], completeness: 1 });
  });

  it('stays the same whatever the list would be later', () => {
    let count = 0;
    const growing = each('all', () => Array.from({ length: (count += 1) }, (_, index) => index), ask);
    const stored = (saga: ReturnType<typeof givenSaga>) => saga.whenSucceeds('ask@0', 'a');

    expect(stored(givenSaga(growing)).outputOf('all')).toEqual(['a']);
  });

  it('waits for its turn', () => {
    const given = givenSaga(each('all', ['x', 'y', 'z'], ask, { each: { concurrency: 2 } }));

    expect(given.messages).toEqual(['ask@x/1/do#1', 'ask@y/1/do#1']);
    expect(given.whenSucceeds('ask@y').messages).toEqual(['ask@z/1/do#1']);
  });

  it.each([
    ['a list that is none', { a: 1 }, 'no list'],
    ['two items of one key', ['x', 'x'], 'has the key of another one'],
    ['an empty key', [''], 'not a number or a text'],
    ['a key that cannot be written', ['\uD800'], 'not a number or a text'],
    ['too many items', Array.from({ length: 1_001 }, (_, index) => index), 'no more than 1000'],
  ])('raises invalid for %s', (_, items, message) => {
    const given = givenSaga(each('all', items, ask));

    expect(given.state.failure).toMatchObject({ error: 'invalid', step: 'all' });
    expect(given.state.failure?.message).toContain(message);
  });

  it('raises invalid when the list cannot be made', () => {
    const over = (): never => {
      throw new ExpressionError('no such field');
    };

    expect(givenSaga(each('all', over, ask)).state.failure).toMatchObject({ error: 'invalid' });
  });

  it('may have a key like a word of the language', () => {
    const given = givenSaga(each('all', ['constructor', '__proto__'], ask))
      .whenSucceeds('ask@constructor', 1)
      .whenSucceeds('ask@__proto__', 2);

    expect(given.outputOf('all')).toEqual([1, 2]);
  });
});

describe('what is made inside a leg', () => {
  const second = step('second', { data: ({ steps }) => steps['ask']!.output });

  it('is visible to what follows in the same leg only', () => {
    const given = givenSaga(each('all', ['x', 'y'], seq('body', ask, second)))
      .whenSucceeds('ask@x', 'of x')
      .whenSucceeds('ask@y', 'of y');

    expect(given.opened('second@x/1/do').data).toBe('of x');
    expect(given.opened('second@y/1/do').data).toBe('of y');
    expect(given.state.steps).toEqual({});
  });

  it('is still visible to its undo when the loop is over', () => {
    const data: CommandAsk['data'] = ({ steps, locals }) => [locals!['item']!, steps['note']!.output];
    const undoable = step('ask', { data: item, undo: { ...ask.undo!, data } });
    const note = { kind: 'calc', id: 'note', block: 'note', value: item } as const;
    const undone = givenSaga(seq('steps', each('all', ['x'], seq('body', note, undoable)), step('last')))
      .whenSucceeds('ask@x')
      .whenRejected('last');

    expect(undone.opened('ask@x/1/undo').data).toEqual(['x', 'x']);
  });

  it('has events with ids of their own', () => {
    const given = givenSaga(each('all', ['x', 'y'], tell('told')));
    const ids = given.effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.id] : []));

    expect(ids).toEqual(['told@x/1', 'told@y/1']);
  });

  it('counts for each item of an outer loop anew', () => {
    const inner = each('inner', ['1', '2'], ask, { each: { as: 'number' } });
    const pair = step('pair', { data: ({ locals }) => [locals!['item']!, locals!['number']!] });
    const given = givenSaga(
      each('outer', ['x', 'y'], {
        ...inner,
        items: {
          ...inner.items!,
          key: ({ locals }) => locals!['number']!,
          child: { ...inner.items!.child, child: pair },
        },
      }),
    );

    expect(given.messages).toEqual([
      'pair@x,1/1/do#1',
      'pair@x,2/1/do#1',
      'pair@y,1/1/do#1',
      'pair@y,2/1/do#1',
    ]);
    expect(given.opened('pair@y,1/1/do').data).toEqual(['y', '1']);
  });
});

describe('undoing legs of items', () => {
  it('runs beside each other, and in reverse inside of each', () => {
    const legs = each('all', ['x', 'y'], seq('body', ask, step('then')));
    const refused = givenSaga(seq('steps', legs, step('last')))
      .whenSucceeds('ask@x')
      .whenSucceeds('ask@y')
      .whenSucceeds('then@y')
      .whenSucceeds('then@x')
      .whenRejected('last');

    expect(refused.messages).toEqual(['then@x/1/undo#1', 'then@y/1/undo#1']);
    expect(refused.whenSucceeds('then@x/undo').messages).toEqual(['ask@x/1/undo#1']);
  });

  it('runs in reverse through the times of a loop', () => {
    const thrice = loop('times', 3, ({ locals }) => locals!['index'] === 1, each('all', ['x'], ask));
    const refused = givenSaga(seq('steps', thrice, step('last')))
      .whenSucceeds('ask@1,x')
      .whenSucceeds('ask@2,x')
      .whenRejected('last');

    expect(refused.messages).toEqual(['ask@2,x/1/undo#1']);
    expect(refused.whenSucceeds('ask@2,x/undo').messages).toEqual(['ask@1,x/1/undo#1']);
  });
});

describe('a loop', () => {
  it('leaves what was made the last time', () => {
    const polling = {
      ...loop('polling', 5, ({ steps }) => steps['poll']!.output === 'ready', step('poll')),
      block: 'polling',
      output: ({ steps }: Parameters<CommandAsk['data']>[0]) => steps['poll']!.output,
    };
    const polled = givenSaga(polling).whenSucceeds('poll@1', 'not yet').whenSucceeds('poll@2', 'ready');

    expect(polled.outputOf('polling')).toBe('ready');
    expect(polled.state.steps['poll']).toBeUndefined();
  });

  it('goes on where it was when a handler begins again', () => {
    const query = step('poll', { effect: false });
    const polling = loop('polling', 5, ({ steps }) => steps['poll']!.output === 'ready', query);
    const again = scope('again', polling, { handlers: { rejected: handler('retry') } });
    const retried = givenSaga(program(again)).whenSucceeds('poll@1', 'not yet').whenRejected('poll@2');

    expect(retried.messages).toEqual(['poll@2/2/do#1']);
  });
});
