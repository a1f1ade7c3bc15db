import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';

/** How many sagas have ended and how many have not; those that ended a while ago lie in the archive. */
export async function countSagas(
  fleet: Pick<Fleet, 'query'>,
): Promise<{ readonly ended: number; readonly open: number }> {
  const [row] = await fleet.query<{ ended: number; open: number }>(
    `select (select count(*) from saga_instance where finished_at is not null)::integer
              + (select count(*) from saga_archive)::integer as ended,
            (select count(*) from saga_instance where finished_at is null)::integer as open`,
  );
  return row!;
}

/** Waits until `more` further sagas have ended: whatever happened, work goes on. */
export async function progress(fleet: Fleet, more: number, withinMs = 60_000): Promise<void> {
  const before = await eventually('the database to answer', () => countSagas(fleet));
  await eventually(
    `${more} more sagas to end`,
    async () => (await countSagas(fleet)).ended >= before.ended + more,
    withinMs,
  );
}

/** Waits until there are `count` sagas and all of them have ended. */
export async function allEnded(fleet: Pick<Fleet, 'query'>, count: number, withinMs: number): Promise<void> {
  let seen = '';
  try {
    await eventually(
      `${count} sagas to end`,
      async () => {
        const counts = await countSagas(fleet);
        seen = JSON.stringify(counts);
        return counts.open === 0 && counts.ended >= count;
      },
      withinMs,
    );
  } catch (error) {
    throw new Error(`${String(error)}; there are ${seen}`, { cause: error });
  }
}
