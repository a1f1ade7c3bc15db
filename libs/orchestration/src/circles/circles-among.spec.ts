import { describe, expect, it } from '@jest/globals';
import { circleText } from './circle-text.js';
import { circlesAmong } from './circles-among.js';
import type { Waiter } from './waiter.js';

interface Given {
  /** `event key`, each one of them a wait of its own; those with `|` between them: any of them. */
  readonly waits?: readonly string[];
  readonly publishes?: readonly string[];
  readonly child?: string;
  readonly isBusy?: boolean;
  readonly endsAt?: number;
}

function waiter(saga: string, { waits = [], publishes = [], child, isBusy = false, endsAt }: Given): Waiter {
  const events = waits.map((wait, index) => ({
    id: `w${index}/1/wait`,
    block: `w${index}`,
    since: 0,
    events: wait.split('|').map(eventOf),
  }));
  const ends = { id: 'c/1/wait', block: 'c', since: 0, events: [] };
  return {
    saga,
    definition: 'saga',
    businessKey: saga,
    standsFor: [...events, ...(child === undefined ? [] : [{ ...ends, child }])],
    isBusy,
    ...(endsAt === undefined ? {} : { endsAt }),
    mayPublish: publishes.map((text) => ({ block: 'tell', ...eventOf(text) })),
  };
}

function eventOf(text: string) {
  const [event, key] = text.split(' ');
  return key === '?' ? { event: event!, key: undefined as never } : { event: event!, key: key! };
}

function circles(...waiters: readonly Waiter[]) {
  return circlesAmong(waiters).map(({ links }) => links.map(({ saga }) => saga));
}

const a = waiter('a', { waits: ['paid 1'], publishes: ['sent 1'] });
const b = waiter('b', { waits: ['sent 1'], publishes: ['paid 1'] });

describe('sagas that wait for each other', () => {
  it('stand in a circle', () => {
    expect(circles(a, b)).toEqual([['a', 'b']]);
    expect(circles(b, a)).toEqual([['b', 'a']]);
    expect(circlesAmong([a, b])[0]!.id).toBe(circlesAmong([b, a])[0]!.id);
  });

  it('are named with what each waits for', () => {
    expect(circleText(circlesAmong([a, b])[0]!)).toBe(
      'saga a waits for the event paid of 1, which saga b would publish; ' +
        'saga b waits for the event sent of 1, which saga a would publish',
    );
  });

  it('may be three, or one', () => {
    const three = [
      waiter('a', { waits: ['x 1'], publishes: ['z 1'] }),
      waiter('b', { waits: ['y 1'], publishes: ['x 1'] }),
      waiter('c', { waits: ['z 1'], publishes: ['y 1'] }),
    ];

    expect(circles(...three)).toEqual([['a', 'b', 'c']]);
    expect(circles(waiter('a', { waits: ['x 1'], publishes: ['x 1'] }))).toEqual([['a']]);
  });

  it('may wait for the end of one of them', () => {
    const parent = waiter('parent', { child: 'child', publishes: ['paid 1'] });
    const child = waiter('child', { waits: ['paid 1'] });

    expect(circles(parent, child)).toEqual([['parent', 'child']]);
    expect(circleText(circlesAmong([parent, child])[0]!)).toContain(
      'saga parent waits for the end of saga child',
    );
  });

  it('go on when the first of them does by itself', () => {
    const [circle] = circlesAmong([
      { ...a, endsAt: 9 },
      { ...b, endsAt: 5 },
    ]);

    expect(circle?.endsAt).toBe(5);
    expect(circlesAmong([a, b])[0]?.endsAt).toBeUndefined();
  });

  it('stand in a circle each, if they are two pairs', () => {
    const c = waiter('c', { waits: ['paid 2'], publishes: ['sent 2'] });
    const d = waiter('d', { waits: ['sent 2'], publishes: ['paid 2'] });

    expect(circles(a, c, b, d)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('stand in one circle, whoever waits for them besides', () => {
    const behind = waiter('behind', { waits: ['paid 1'] });

    expect(circles(behind, a, b)).toEqual([['b', 'a']]);
  });
});

describe('sagas that may be helped', () => {
  it.each<[string, readonly Waiter[]]>([
    ['one of them does something else', [{ ...a, isBusy: true }, b]],
    ['another one may publish it', [a, b, waiter('c', { isBusy: true, publishes: ['paid 1'] })]],
    ['another one waits for somebody else', [a, b, waiter('c', { waits: ['x 9'], publishes: ['paid 1'] })]],
    ['the keys differ', [a, waiter('b', { waits: ['sent 1'], publishes: ['paid 2'] })]],
    ['the key is not known yet', [a, waiter('b', { waits: ['sent 1'], publishes: ['paid ?'] })]],
    ['nobody known publishes it', [waiter('a', { waits: ['paid 1'] })]],
    [
      'one waits for something else as well',
      [waiter('a', { waits: ['paid 1', 'x 9'], publishes: ['sent 1'] }), b],
    ],
    [
      'one of two events may come from elsewhere',
      [
        waiter('a', { waits: ['paid 1|x 1'], publishes: ['sent 1'] }),
        b,
        waiter('c', { isBusy: true, publishes: ['x 1'] }),
      ],
    ],
    ['one that is awaited has ended', [waiter('a', { child: 'gone' })]],
  ])('stand in no circle when %s', (_, waiters) => {
    expect(circles(...waiters)).toEqual([]);
  });
});
