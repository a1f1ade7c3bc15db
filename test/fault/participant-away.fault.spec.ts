import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { header, type Instant } from '#libs/messaging';
import { startCoordinator } from '../harness/coordinator-process.js';
import { eventually } from '../harness/deadline.js';
import type { Fleet, ParticipantName } from '../harness/fleet.js';
import { forgetLeaps, leap, LeapingTime } from '../harness/leaping-time.js';
import { headerOf, openEar } from '../harness/topic-ear.js';
import { brokenPromises } from './promises.js';
import { startQuickFleet } from './quick-fleet.js';

jest.setTimeout(180_000);

const everybody: readonly ParticipantName[] = ['inventory', 'payment', 'shipping'];
const awayMs = 120_000;
/** Less than steps bear silence, so that everything that would happen meanwhile does, in its order. */
const leapMs = 15_000;
/** So many at once that they are under way for a while. */
const ordersBefore = 300;
const startedBefore = 20;
const ordersALeap = 8;
const ordersAfter = 50;

let folder: string;
let leaps: string;
let time: LeapingTime;
let fleet: Fleet;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-away-'));
  leaps = path.join(folder, 'leaps.json');
  forgetLeaps(leaps);
  time = new LeapingTime(leaps);
  fleet = await startQuickFleet({
    name: 'participant-away',
    silenceMs: 'as shipped',
    launch: (options) =>
      startCoordinator({ ...options, script: 'dist/test/harness/leaping-coordinator.main.js' }),
    coordinatorEnv: { SPEC_LEAPS: leaps },
  });
}, 120_000);

afterAll(async () => {
  await fleet?.discard();
  time?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const placed = { plain: 0, demo: 0 };

/** Orders without trouble, which have nothing but the absence to end badly by, or with troubles of all kinds. */
async function place(mix: keyof typeof placed, count: number): Promise<void> {
  await fleet.place({ mix, first: placed[mix] + 1, count });
  placed[mix] += count;
}

async function started(count: number): Promise<void> {
  await eventually(`${count} orders to have a saga`, async () => (await fleet.books.sagas()).length >= count);
}

/**
 * Lets a while pass for the coordinator, and waits until it has done what was due before. What became due meanwhile may
 * have to wait for as long again: silence counts from when the broker has a command, which may be behind the leap.
 */
async function pass(ms: number): Promise<void> {
  const from = time.now();
  const until = from + ms;
  leap(leaps, ms);
  await eventually('the leap to come', () => time.now() >= until);
  await eventually('everything due before to be done', async () => {
    const due = await fleet.query(
      `select 1 from saga_instance where finished_at is null and wake_at <= to_timestamp($1::float8 / 1000)`,
      [from],
    );
    return due.length === 0;
  });
}

interface Ends {
  readonly begun: 'before' | 'meanwhile' | 'afterwards';
  readonly status: string;
  readonly count: number;
  /** How many of them ended after it was back. */
  readonly late: number;
}

/** How the sagas of these orders ended, by when they began. */
function endsOf(orders: readonly string[], gone: Instant, back: Instant): Promise<readonly Ends[]> {
  return fleet.query<Ends>(
    `with saga as (select status, started_at, finished_at, business_key from saga_instance
                   union all select status, started_at, finished_at, business_key from saga_archive)
     select case when started_at < to_timestamp($2::float8 / 1000) then 'before'
                 when started_at < to_timestamp($3::float8 / 1000) then 'meanwhile' else 'afterwards' end as begun,
            status, count(*)::integer as count,
            (count(*) filter (where finished_at >= to_timestamp($3::float8 / 1000)))::integer as late
       from saga where business_key = any($1) group by 1, 2 order by min(started_at)`,
    [orders, gone, back],
  );
}

/** What people did, and what called for one, ever. */
async function humanTouches(): Promise<Readonly<Record<string, number>>> {
  const [row] = await fleet.query<Record<string, number>>(
    `select (select count(*) from saga_incident)::integer as incidents,
            (select count(*) from saga_audit)::integer as audited,
            (select count(*) from saga_history where entries like '%"kind":"action"%')::integer as actions`,
  );
  return row!;
}

/** How often the command came that was repeated most. */
async function mostSendings(name: ParticipantName): Promise<number> {
  const ear = await openEar(fleet.stack.kafkaBrokers, `${name}.commands`);
  try {
    await ear.catchUp();
    const times = new Map<string, number>();
    for (const record of ear.records) {
      const id = headerOf(record, header.id);
      times.set(id, (times.get(id) ?? 0) + 1);
    }
    return Math.max(...times.values());
  } finally {
    await ear.stop();
  }
}

describe('a participant that is away for two minutes', () => {
  it.each(everybody)('lets every saga end without a person: %s', async (name) => {
    const former = fleet.placed.length;
    const service = fleet.participants.get(name)!;
    await place('plain', ordersBefore);
    await started(former + startedBefore);
    await service.kill();
    const gone = time.now();
    while (time.now() < gone + awayMs) {
      await place('plain', ordersALeap);
      await place('demo', ordersALeap);
      await started(fleet.placed.length);
      await pass(leapMs);
    }
    await service.start();
    const back = time.now();
    await place('plain', ordersAfter);
    await place('demo', ordersAfter);

    expect(await brokenPromises(fleet)).toEqual([]);
    expect(await humanTouches()).toEqual({ incidents: 0, audited: 0, actions: 0 });
    const plain = fleet.placed.slice(former).filter((order) => order.startsWith('plain-'));
    const ends = await endsOf(plain, gone, back);
    const begun = (when: Ends['begun']) => ends.find((one) => one.begun === when);
    expect(ends.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(ends.reduce((sum, { count }) => sum + count, 0)).toBe(plain.length);
    expect(begun('before')!.late).toBeGreaterThan(0);
    expect(begun('meanwhile')!.late).toBe(begun('meanwhile')!.count);
    expect(begun('afterwards')!.count).toBe(ordersAfter);
    // Silence is borne for half a minute: two minutes are too long for one sending.
    expect(await mostSendings(name)).toBeGreaterThanOrEqual(3);
  });
});
