import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#libs/testing';
import { SystemClock, waitFor } from './clock.js';

describe('the clock of the machine', () => {
  it('tells wall time in milliseconds', () => {
    const now = new SystemClock().now();

    expect(now).toBeGreaterThan(Date.parse('2025-01-01T00:00:00Z'));
    expect(Number.isInteger(now)).toBe(true);
  });

  it('never lets elapsed time run backwards', () => {
    const clock = new SystemClock();
    const first = clock.elapsed();

    expect(clock.elapsed()).toBeGreaterThanOrEqual(first);
  });

  it('calls once after the delay', async () => {
    let calls = 0;

    await new Promise<void>((resolve) => {
      new SystemClock().after(1, () => {
        calls += 1;
        resolve();
      });
      // The clock's own timers do not keep a process alive.
      setTimeout(() => undefined, 50);
    });

    expect(calls).toBe(1);
  });

  it('calls nothing that was cancelled', async () => {
    const clock = new SystemClock();
    let called = false;
    const cancel = clock.after(1, () => {
      called = true;
    });

    cancel();
    cancel();
    // Made later and due later, so it comes later than what was cancelled would have come.
    await waitFor(clock, 2);

    expect(called).toBe(false);
  });
});

describe('waiting on a clock', () => {
  it('ends when the clock has moved far enough', async () => {
    const clock = new FakeClock();
    let isOver = false;
    const over = waitFor(clock, 1_000).then(() => {
      isOver = true;
    });

    await clock.run(999);
    expect(isOver).toBe(false);
    await clock.run(1);
    await over;

    expect(isOver).toBe(true);
  });
});
