import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { SystemClock } from '#libs/messaging';
import type { Claim, ClaimOutcome, Granted, Settlement, Work } from '#libs/participant';
import { migrateOperationMemory, PgTransactions, PostgresOperationMemory } from '#libs/participant-postgres';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

const server = process.env['DATABASE_URL'] ?? '';
const database = 'participant_races';
const clock = new SystemClock();
const operations = 40;

let pool: pg.Pool;
let memory: PostgresOperationMemory<pg.PoolClient>;

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await createDatabase(server, database), max: 8 });
  await migrateOperationMemory(pool, 'shop');
  await pool.query('create table shop.effect (operation text, kind text)');
  await pool.query('create table shop.stock (article text primary key, taken int not null)');
  await pool.query(`insert into shop.stock values ('lamp', 0), ('chair', 0)`);
  memory = new PostgresOperationMemory(new PgTransactions(pool), clock, { schema: 'shop' });
});

afterAll(async () => {
  await pool.end();
  await dropDatabase(server, database);
});

describe('eight connections that race for forty operations', () => {
  it.each([1, 2, 3, 4, 5])(
    'make each effect once and leave none that was undone (seed %i)',
    async (seed) => {
      await pool.query(`truncate shop.skald_operation, shop.effect; update shop.stock set taken = 0`);
      const random = sequence(seed);

      await Promise.all(Array.from({ length: 8 }, () => race(random)));

      const { rows } = await pool.query<{ operation: string; done: number; undone: number; state: string }>(
        `select o.operation, o.state, count(*) filter (where e.kind = 'do')::int as done,
         count(*) filter (where e.kind = 'undo')::int as undone
       from shop.skald_operation o left join shop.effect e using (operation)
       where o.operation like 'op-%' group by o.operation, o.state`,
      );
      const wrong = rows.filter(
        ({ done, undone, state }) => done > 1 || undone > done || (state === 'undone' && undone !== done),
      );
      expect(wrong).toEqual([]);
      expect(rows.some((row) => row.state === 'undone' && row.done === 1)).toBe(true);
      expect(rows.some((row) => row.state === 'undone' && row.done === 0)).toBe(true);
    },
    60_000,
  );
});

/** Claims batches of random operations and compensations; handlers fail now and then and fight over the same stock. */
async function race(random: () => number): Promise<void> {
  for (let round = 0; round < 15; round += 1) {
    const claims = new Map<string, Claim>();
    for (let n = 0; n < 6; n += 1) {
      const name = `op-${Math.floor(random() * operations)}`;
      claims.set(name, claimOf(name, random() < 0.25, 1 + Math.floor(random() * 3)));
    }
    const shuffled = [...claims.values()].sort(() => random() - 0.5);
    const outcomes = await memory.carryOut(shuffled, workOf(random));
    expect(outcomes.map((outcome: ClaimOutcome) => outcome.remembered.operation)).toEqual(
      shuffled.map((claim) => claim.operation),
    );
  }
}

function workOf(random: () => number): Work<pg.PoolClient> {
  return {
    carryOut: async ({ claim, transaction, undone }: Granted<pg.PoolClient>): Promise<Settlement> => {
      // Now and then in the other order: then transactions of two batches lock each other out, which costs a second.
      const articles = random() > 0.01 ? ['lamp', 'chair'] : ['chair', 'lamp'];
      for (const article of articles) {
        await transaction.query('update shop.stock set taken = taken + 1 where article = $1', [article]);
      }
      if (random() < 0.1) throw new Error('out of luck');
      const effect = claim.undoes === undefined ? 'do' : 'undo';
      if (effect === 'do' || undone?.state === 'done') {
        await transaction.query('insert into shop.effect values ($1, $2)', [
          claim.undoes ?? claim.operation,
          effect,
        ]);
      }
      return { state: 'done', answer: { outcome: 'succeeded', value: 'null' } };
    },
    failed: () => ({ state: 'failed', answer: { outcome: 'failed', error: 'out-of-luck', value: 'null' } }),
  };
}

function claimOf(name: string, isUndo: boolean, attempt: number): Claim {
  const operation = isUndo ? `undo-${name}` : name;
  const origin = {
    id: operation,
    type: 'a.b',
    saga: 's',
    operation,
    replyTo: 'h',
    replyPartition: 0,
    trace: {},
  };
  return { operation, attempt, origin, ...(isUndo ? { undoes: name } : {}) };
}

/** The same numbers for the same seed; how the connections interleave is Postgres' doing. */
function sequence(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
