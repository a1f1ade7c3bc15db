import { describe, expect, it } from '@jest/globals';
import { OrderBook, type Outcome } from './order-book.js';

const range = { first: 1, count: 3 };

describe('an order book', () => {
  it('counts orders without outcome as lost', () => {
    const book = bookOf(outcome({ number: 1 }), outcome({ number: 3 }));

    expect(book.verdict(range)).toEqual({ lost: 1, wrong: 0, repeated: 0 });
  });

  it('counts an unexpected ending as wrong', () => {
    const book = bookOf(
      outcome({ number: 1 }),
      outcome({ number: 2, ending: 'rejected' }),
      outcome({ number: 3 }),
    );

    expect(book.verdict(range).wrong).toBe(1);
  });

  it('counts an outcome that says something else as wrong', () => {
    expect(bookOf(outcome({ number: 2, isSound: false })).verdict(range).wrong).toBe(1);
  });

  it('counts a second outcome as wrong, whatever it says', () => {
    expect(
      bookOf(outcome({ number: 2, id: 'a' }), outcome({ number: 2, id: 'b' })).verdict(range).wrong,
    ).toBe(1);
  });

  it('takes the same outcome twice for a repetition', () => {
    const book = bookOf(outcome({ number: 2, at: 30 }), outcome({ number: 2, at: 90 }));

    expect(book.verdict(range)).toEqual({ lost: 2, wrong: 0, repeated: 1 });
    expect(book.settledTimes(range)).toEqual([30]);
  });

  it('measures from the first copy of the order to the first outcome', () => {
    const book = bookOf(outcome({ number: 1, at: 30 }));
    book.placed(1, 10);
    book.placed(1, 20);

    expect(book.latencies(range)).toEqual([20]);
  });
});

function bookOf(...outcomes: readonly Outcome[]): OrderBook {
  const book = new OrderBook(() => 'fulfilled');
  for (const each of outcomes) book.noteOutcome(each);
  return book;
}

function outcome(values: Partial<Outcome>): Outcome {
  return { number: 1, id: 'an-id', ending: 'fulfilled', isSound: true, at: 50, ...values };
}
