import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '#libs/messaging';
import { eventually } from '../harness/deadline.js';
import { postgresFixture, type PostgresFixture } from './postgres-fixture.js';

// The machine may be busy.
jest.setTimeout(120_000);

const sagas = 50_000;
const live = 2_000;
const clock = new SystemClock();
let fixture: PostgresFixture;

beforeAll(async () => {
  fixture = await postgresFixture('skald_board');
  // Of a saga that takes a minute, so many have ended within the last hour and are not in the archive yet.
  await fixture.admin.query(
    `insert into saga_instance (id, finished_at, started_at, home, version, definition, business_key, key_hash, trace,
                                wake_at, revision, status, incident, held, state)
     select gen_random_uuid(), case when no > $1 then now() end, now(), no % 12, 1, 'order', 'order-' || no, '\\x00', '',
            now() + interval '1 minute', 3, case when no > $1 then 'completed' else 'running' end, false, false, $3
       from generate_series(1, $2) as no`,
    [live, sagas, JSON.stringify(state)],
  );
  await fixture.admin.query('vacuum analyze saga_instance');
}, 120_000);

afterAll(() => fixture?.close());

const exchange = { state: 'sent', attempt: 1, sends: 1, startedAt: clock.now() };
/** As large as that of an order half-way. */
const state = {
  facts: { id: 'x', definition: 'order', version: 1, key: 'order-1', startedAt: clock.now() },
  input: {
    orderId: 'order-1',
    lines: Array.from({ length: 10 }, (_, no) => ({ article: `a-${no}`, quantity: no })),
  },
  at: clock.now(),
  operations: [
    { at: 'reserve', round: 1, standing: 'done', output: { reservation: 'r'.repeat(200) } },
    { at: 'charge', round: 1, standing: 'asked', do: exchange },
  ],
  frames: { body: { kind: 'scope', startedAt: 0, mode: 'running' } },
  raised: {},
  incidents: {},
};

interface Scans {
  readonly whole: number;
  readonly byIndex: number;
}

/** How often the table was read from end to end, and how often by its index of live sagas. */
async function scans(): Promise<Scans> {
  const { rows } = await fixture.admin.query<Scans>(
    `select whole.seq_scan::integer as whole, live.idx_scan::integer as "byIndex"
       from pg_stat_user_tables as whole, pg_stat_user_indexes as live
      where whole.relname = 'saga_instance' and live.indexrelname = 'saga_instance_wake'`,
  );
  return rows[0]!;
}

describe(`the board over ${sagas} sagas, of which ${live} are live`, () => {
  it('reads those that are live by their index, and no other', async () => {
    // What others of this process have read is told a moment later.
    const before = await settled();

    const startedAt = clock.elapsed();
    const counts = await fixture.stores.operators.stages(clock.now());
    const ms = clock.elapsed() - startedAt;

    expect(counts).toMatchObject([{ node: 'charge', count: live, counted: live }]);
    const after = await eventually('the read to be counted', async () => {
      const now = await scans();
      return now.byIndex > before.byIndex || now.whole > before.whole ? now : undefined;
    });
    expect(after.whole).toBe(before.whole);
    console.log(`where ${live} of ${sagas} sagas stand: ${ms.toFixed(0)} ms`);
  });
});

/** Sessions tell what they have read at most a second after it. */
async function settled(): Promise<Scans> {
  await fixture.admin.query('select pg_stat_force_next_flush()');
  let last = await scans();
  const since = clock.elapsed();
  return eventually('counts to stand still', async () => {
    const now = await scans();
    const isStill = now.whole === last.whole && now.byIndex === last.byIndex;
    last = now;
    return isStill && clock.elapsed() - since > 2_000 ? now : undefined;
  });
}
