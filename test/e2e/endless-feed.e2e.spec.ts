import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SystemClock, waitFor } from '#libs/messaging';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const branches = ['b-1', 'b-2', 'b-3', 'b-4', 'b-5'];
const perSecond = 50;
const fed = 450;
const queue = 20;

const documents = `saga: score-customer
version: 1
key: input.customerId
timeout: 10m
triggers: [{ event: crm.customer-changed }]
steps:
  - step: score
    call: scoring.score
    with: { id: '\${ input.customerId }' }
    timeout: 1m
---
saga: review-branch
version: 1
key: { of: input.branch, reuse: afterEnd, conflict: queue }
triggers: [{ event: crm.customer-changed, coalesce: 1s }]
steps:
  - step: review
    call: reviews.review
    with: { branch: '\${ input.branch }', count: '\${ input.count }' }
    pivot: true
---
saga: greet-visitor
version: 1
key: input.visitorId
triggers: [{ event: lobby.visitor-came }]
steps:
  - step: greet
    call: reception.greet
    pivot: true
---
participant: scoring
commands: { score: { effect: none } }
limits: { rate: 30/s, queue: ${queue} }
`;

jest.setTimeout(120_000);

let bench: SagaBench;
let feed: Feed;
let peaks: Peaks;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'endless-feed', documents, coordinators: 2 });
}, 120_000);

afterAll(async () => {
  await feed?.stop();
  await bench?.discard();
});

describe('events that come faster than a participant may be asked', () => {
  it('leave everything else to go on while they wait', async () => {
    feed = startFeed();
    peaks = startWatching();
    await eventually('events to be left on the broker', async () => {
      const { ended, open } = await rows();
      return feed.published() - ended - open >= perSecond;
    });

    for (const visitor of ['v-1', 'v-2', 'v-3', 'v-4', 'v-5']) {
      await bench.publish('lobby.visitor-came', { visitorId: visitor });
      expect((await bench.ended(visitor)).status).toBe('completed');
    }

    // None of the visitors waited until there was nothing else to do.
    expect((await rows()).ended).toBeLessThan(fed);
  });

  it('are all answered in the end, each once', async () => {
    await feed.done;
    await eventually(`${fed} customers to be scored`, async () => (await rows()).ended === fed, 90_000);

    const operations = asked('scoring.score').map(({ command }) => command.operation);
    const ids = asked('scoring.score').map(({ command }) => (command.data as { readonly id: string }).id);
    expect([new Set(operations).size, new Set(ids).size]).toEqual([fed, fed]);
  });

  it('are decided on by branch, with the last of them and none left out', async () => {
    await eventually('each of them to have started a review or to be coalesced', async () => {
      const { coalesced, reviews } = await rows();
      if (coalesced + reviews === fed) return true;
      throw new Error(JSON.stringify({ coalesced, reviews }));
    });

    const last = branches.map((_, index) => fed - branches.length + index + 1);
    await eventually('the last of each to be reviewed', () => {
      const seen = branches.map((branch) => reviewed(branch).at(-1));
      if (JSON.stringify(seen) === JSON.stringify(last)) return true;
      throw new Error(JSON.stringify(seen));
    });
    expect((await rows()).coalesced).toBeGreaterThan(fed / 2);
  });

  it('pile up on the broker and nowhere else', async () => {
    const { waiting, open, desks } = await peaks.stop();

    // Each of two coordinators lets in as many as may wait before it asks again what the other one has let in.
    expect(waiting).toBeLessThanOrEqual(4 * queue);
    expect(open).toBeLessThanOrEqual(4 * queue + perSecond);
    expect(desks).toBeLessThanOrEqual(branches.length);
    await eventually('nothing to be left', async () => {
      const left = await leftovers();
      if (Object.values(left).every((count) => count === 0)) return true;
      throw new Error(JSON.stringify(left));
    });
  });
});

interface Feed {
  readonly done: Promise<void>;
  published(): number;
  stop(): Promise<void>;
}

/** Publishes at its rate until all are, one of each branch at a time; what a slow machine was late with comes at once. */
function startFeed(): Feed {
  const clock = new SystemClock();
  const startedAt = clock.elapsed();
  let isStopped = false;
  let published = 0;
  const run = async (): Promise<void> => {
    while (!isStopped && published < fed) {
      const due = Math.min(fed, Math.ceil(((clock.elapsed() - startedAt) / 1_000) * perSecond));
      for (; published < due; published += branches.length)
        await Promise.all(branches.map((_, index) => change(published + index + 1)));
      await waitFor(clock, 1_000 / perSecond);
    }
  };
  const done = run();
  // Whoever waits for it hears of a failure; until then it must not end the process.
  done.catch(() => undefined);
  return {
    done,
    published: () => published,
    stop: () => {
      isStopped = true;
      return done.catch(() => undefined);
    },
  };
}

function change(count: number): Promise<void> {
  const branch = branches[(count - 1) % branches.length]!;
  return bench.publish('crm.customer-changed', { branch, customerId: `c-${count}`, count });
}

interface Peaks {
  stop(): Promise<Pick<Rows, 'waiting' | 'open' | 'desks'>>;
}

/** Looks all the time at what is kept in the database, and answers the most there was. */
function startWatching(): Peaks {
  const clock = new SystemClock();
  const most = { waiting: 0, open: 0, desks: 0 };
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const now = await rows();
      for (const name of ['waiting', 'open', 'desks'] as const) most[name] = Math.max(most[name], now[name]);
      await waitFor(clock, 100);
    }
  };
  const watching = run();
  watching.catch(() => undefined);
  return {
    stop: async () => {
      isStopped = true;
      await watching;
      return most;
    },
  };
}

interface Rows {
  /** Commands that wait for the limit. */
  readonly waiting: number;
  /** Sagas of customers that have ended, and that have not. */
  readonly ended: number;
  readonly open: number;
  readonly desks: number;
  readonly reviews: number;
  readonly coalesced: number;
}

async function rows(): Promise<Rows> {
  const [row] = await bench.query<Rows & Record<string, number>>(
    `select (select count(*) from saga_limited where not is_granted)::integer as waiting,
            (select count(*) from saga_desk)::integer as desks,
            (select coalesce(sum(gated), 0) from saga_trigger_state
              where definition = 'review-branch' and gate = 'coalesced')::integer as coalesced,
            count(*) filter (where definition = 'score-customer' and finished_at is not null)::integer as ended,
            count(*) filter (where definition = 'score-customer' and finished_at is null)::integer as open,
            count(*) filter (where definition = 'review-branch')::integer as reviews
       from (select definition, finished_at from saga_instance
             union all select definition, finished_at from saga_archive) saga`,
  );
  return row!;
}

/** What would grow if it were forgotten. */
async function leftovers(): Promise<Readonly<Record<string, number>>> {
  const [row] = await bench.query<Record<string, number>>(
    `select (select count(*) from saga_limited)::integer as limited,
            (select count(*) from saga_outbox)::integer as outbox,
            (select count(*) from saga_parked)::integer as parked,
            (select count(*) from saga_instance where finished_at is null)::integer as open`,
  );
  return row!;
}

function asked(command: string) {
  return bench.participants.deliveries.filter((each) => each.command.type === command);
}

/** The counts with which a branch was reviewed. */
function reviewed(branch: string): readonly number[] {
  const data = asked('reviews.review').map(({ command }) => command.data as unknown as Review);
  return data.filter((each) => each.branch === branch).map(({ count }) => count);
}

interface Review {
  readonly branch: string;
  readonly count: number;
}
