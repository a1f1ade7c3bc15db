import { waitFor, type Clock } from '#libs/messaging';

const lookEveryMs = 200;
const patienceMs = 20_000;

/** Resolves when `settled` has reached `count`, or has not moved for twenty seconds: what is missing then is lost. */
export async function untilSettled(clock: Clock, count: number, settled: () => number): Promise<void> {
  let last = -1;
  let movedAt = clock.elapsed();
  while (settled() < count && clock.elapsed() - movedAt < patienceMs) {
    if (settled() !== last) {
      last = settled();
      movedAt = clock.elapsed();
    }
    await waitFor(clock, lookEveryMs);
  }
}
