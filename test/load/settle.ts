import { waitFor, type Clock } from '#libs/messaging';

const lookEveryMs = 200;
/** Sagas that are queued together come to their ends together: on a busy machine the first outcome takes its time. */
const patienceMs = 60_000;

/** Resolves when `settled` has reached `count`, or has not moved for a minute: what is missing then is lost. */
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
