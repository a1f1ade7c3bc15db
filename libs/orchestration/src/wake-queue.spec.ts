import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WakeQueue } from './wake-queue.js';

describe('a queue of wake-ups', () => {
  it('hands out what is due, earliest first', () => {
    const queue = new WakeQueue();
    queue.set('b', 20);
    queue.set('a', 10);
    queue.set('c', 30);

    expect(queue.takeDue(20, 10)).toEqual(['a', 'b']);
    expect(queue.takeDue(20, 10)).toEqual([]);
  });

  it('knows only the last time set for a saga', () => {
    const queue = new WakeQueue();
    queue.set('a', 10);
    queue.set('a', 50);

    expect(queue.takeDue(20, 10)).toEqual([]);
    expect(queue.takeDue(50, 10)).toEqual(['a']);
  });

  it('forgets a saga that is removed', () => {
    const queue = new WakeQueue();
    queue.set('a', 10);
    queue.remove('a');

    expect(queue.takeDue(100, 10)).toEqual([]);
    expect(queue.size).toBe(0);
  });

  it('keeps a time that is set already when asked to', () => {
    const queue = new WakeQueue();
    queue.set('a', 10);
    queue.setIfAbsent('a', 90);

    expect(queue.takeDue(10, 10)).toEqual(['a']);
  });

  it('agrees with a sorted list whatever is done to it', () => {
    const step = fc.record({
      saga: fc.integer({ min: 0, max: 30 }).map(String),
      at: fc.nat(100),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 3_000 }), fc.nat(100), (steps, now) => {
        const queue = new WakeQueue();
        const model = new Map<string, number>();
        for (const { saga, at, remove } of steps) {
          if (remove) {
            queue.remove(saga);
            model.delete(saga);
          } else {
            queue.set(saga, at);
            model.set(saga, at);
          }
        }
        const due = [...model].filter(([, at]) => at <= now).map(([saga]) => saga);

        expect([...queue.takeDue(now, 1_000)].sort()).toEqual(due.sort());
        expect(queue.size).toBe(model.size - due.length);
      }),
    );
  });
});
