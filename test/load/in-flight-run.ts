import type { TransitionTimes } from './cause-book.js';
import pg from 'pg';
import { waitFor } from '#libs/messaging';
import type { BenchSystem } from './bench-system.js';
import type { OrderRange } from './order-book.js';
import { placeAtOnce } from './place-orders.js';
import { untilSettled } from './settle.js';
import { timedTransitions } from './transition-times.js';

/** What so many sagas under way at once came to. */
export interface InFlightRun {
  readonly sagas: number;
  readonly transitions: TransitionTimes;
}

const lookEveryMs = 200;
const patienceMs = 60_000;

/**
 * Lets all sagas begin while nobody answers, until the database has every one of them open, and then lets everybody
 * answer at once.
 */
export async function inFlightRun(system: BenchSystem, range: OrderRange): Promise<InFlightRun> {
  const { participants, target, clock, book } = system;
  const { transitions } = await timedTransitions(system, async () => {
    participants.freeze();
    try {
      await placeAtOnce(target, range);
      await untilOpen(system, range.count);
    } finally {
      participants.thaw();
    }
    await untilSettled(clock, range.count, () => book.settledIn(range));
  });
  return { sagas: range.count, transitions };
}

async function untilOpen({ clock, databaseUrl }: BenchSystem, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const deadline = clock.elapsed() + patienceMs;
    let open = 0;
    while (open !== count) {
      if (clock.elapsed() > deadline) throw new Error(`${open} sagas are open, not ${count}`);
      await waitFor(clock, lookEveryMs);
      open = await openSagas(client);
    }
  } finally {
    await client.end();
  }
}

async function openSagas(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ open: number }>(
    'select count(*)::integer as open from saga_instance where finished_at is null',
  );
  return rows[0]?.open ?? 0;
}
