import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SystemClock } from '#libs/messaging';
import { eventually } from '../harness/deadline.js';
import { startPrometheus, type Alert, type Prometheus } from '../harness/prometheus.js';
import { openRawProducer } from '../harness/raw-producer.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { laundry, quickerRules } from './alert-scene.js';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

// The first run on a machine builds Prometheus.
jest.setTimeout(180_000);

let bench: SagaBench;
let prometheus: Prometheus;
let bags = 0;
let faultAt = 0;
const clock = new SystemClock();
const noticed: string[] = [];

beforeAll(async () => {
  bench = await startSagaBench({ name: 'alerts', documents: laundry, ownServers: true });
  const rulesFile = path.join(bench.folders.dataFolder, 'quicker.yaml');
  await writeFile(rulesFile, await quickerRules());
  const targets = bench.coordinators.map(({ api }) => new URL(api.url).host);
  prometheus = await startPrometheus(bench.folders, { targets, rulesFile });
}, 900_000);

beforeEach(() => {
  faultAt = clock.elapsed();
});

afterAll(async () => {
  console.log(`from fault to alert, with minutes of the rules as seconds:\n${noticed.join('\n')}`);
  await prometheus?.stop();
  await bench?.discard();
});

/** Gives bags away, one after the other; answers their keys. */
async function give(count: number, isStained = false): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, () => `bag-${(bags += 1)}`);
  for (const bagId of keys) await bench.publish('shop.bag.given', { bagId, isStained });
  return keys;
}

/** Of the definition that nothing else is about. */
async function switchPause(to: 'pause' | 'resume'): Promise<void> {
  const path = `/pauses/definition/labels${to === 'pause' ? '' : '/resume'}`;
  expect(await bench.api.post(path, { by: 'ada', reason: 'a test' })).toMatchObject({ status: 200 });
}

/** Waits for an alert, and notes how long after the fault that was. */
async function fires(name: string): Promise<Alert> {
  const firing = await eventually(
    `${name} to fire`,
    async () => {
      const found = await firingOf(name);
      return found.length > 0 && found;
    },
    60_000,
  );
  expect(firing).toHaveLength(1);
  expect(firing[0]!.annotations['summary']).toMatch(/\w{4}/);
  noticed.push(`${name.padEnd(22)} ${((clock.elapsed() - faultAt) / 1_000).toFixed(1)} s`);
  return firing[0]!;
}

async function firingOf(name: string): Promise<readonly Alert[]> {
  return (await prometheus.alerts()).filter((alert) => alert.name === name && alert.state === 'firing');
}

/** Whether messages wait for the broker within a few seconds. */
async function isUnsent(): Promise<boolean> {
  const look = async () => (await prometheus.query('max(saga_outbox_age) > 0')).length > 0;
  return eventually('messages to be unsent', look, 5_000).then(
    () => true,
    () => false,
  );
}

async function isOver(name: string): Promise<void> {
  await eventually(`${name} to be over`, async () => (await firingOf(name)).length === 0, 60_000);
}

describe('a coordinator at work', () => {
  it('makes no alert', async () => {
    for (const key of await give(10)) await bench.ended(key);
    await isOver('SkaldNobodyFolds');

    expect((await prometheus.alerts()).filter(({ state }) => state === 'firing')).toEqual([]);
  });
});

describe('an alert fires once for', () => {
  it('a step that is sent again and again', async () => {
    bench.participants.behave('machine.wash', [
      { silent: 'not-done' },
      { silent: 'not-done' },
      { silent: 'not-done' },
    ]);
    const [key] = await give(1);

    await fires('SkaldManyRetries');
    await bench.ended(key!);
  });

  it('sagas that are undone', async () => {
    bench.participants.behave('iron.press', [
      { rejected: 'crumpled' },
      { rejected: 'crumpled' },
      { rejected: 'crumpled' },
      { rejected: 'crumpled' },
    ]);
    await give(4);

    const { labels, annotations } = await fires('SkaldManyUndone');
    const { body } = await bench.api.get<{
      readonly sagas: readonly { readonly definition: string; readonly status: string }[];
    }>(annotations['runs'] ?? '');
    expect(labels).toMatchObject({ saga_definition: 'laundry', saga_owner: 'linen-desk' });
    expect([...new Set(body.sagas.map(({ definition, status }) => `${definition} ${status}`))]).toEqual([
      'laundry compensated',
    ]);
  });

  it('sagas that are busy and get nowhere', async () => {
    bench.participants.behave(
      'machine.wash',
      Array.from({ length: 19 }, () => ({ failed: 'jammed' })),
    );
    const [key] = await give(1);

    await fires('SkaldLittleProgress');
    await bench.ended(key!);
  });

  it('sagas that stand still, and again when they take longer than they should', async () => {
    bench.participants.behave('machine.wash', { silent: 'not-done' });
    const keys = await give(3);

    const { labels, annotations } = await fires('SkaldStalled');
    const { body } = await bench.api.get<{ readonly sagas: readonly { readonly businessKey: string }[] }>(
      annotations['runs'] ?? '',
    );
    bench.participants.behave('machine.wash', { succeeded: {} });
    expect(labels).toMatchObject({ saga_definition: 'laundry', saga_owner: 'linen-desk' });
    expect(keys).toEqual(expect.arrayContaining(body.sagas.map(({ businessKey }) => businessKey)));
    expect(body.sagas).not.toEqual([]);
    for (const key of keys) await bench.ended(key);
    await fires('SkaldTargetMissed');
    await isOver('SkaldStalled');
  });

  it('sagas that start because of what sagas have done', async () => {
    const [key] = await give(1);
    const { id } = await bench.ended(key!);
    for (const bagId of ['echo-1', 'echo-2', 'echo-3', 'echo-4'])
      await bench.publish('shop.bag.given', { bagId, isStained: false }, { cause: id });

    await fires('SkaldHearsItself');
  });

  it('commands that wait for a limit', async () => {
    bench.participants.behave('printer.print', [{ silent: 'not-done' }]);
    const keys = ['label-1', 'label-2', 'label-3'];
    for (const bagId of keys) await bench.publish('shop.bag.labelled', { bagId });

    const { labels } = await fires('SkaldCommandsHeld');
    expect(labels).toMatchObject({ saga_limit: 'printer', saga_owner: 'print-shop' });
    for (const key of keys) await bench.ended(key, { withinMs: 60_000 });
    await isOver('SkaldCommandsHeld');
  });

  it('answers that are not what a contract says', async () => {
    bench.participants.behave('printer.print', [{ succeeded: { pages: 'many' } }]);
    await bench.publish('shop.bag.labelled', { bagId: 'label-4' });
    await bench.ended('label-4');

    expect((await fires('SkaldAnswersDrift')).labels).toMatchObject({
      saga_command: 'printer.print',
      saga_owner: 'print-shop',
    });
  });

  it('what was paused and is not resumed', async () => {
    await switchPause('pause');

    const { labels } = await fires('SkaldPausedLong');
    expect(labels).toMatchObject({ saga_paused_kind: 'definition', saga_paused_name: 'labels' });
    await switchPause('resume');
    await isOver('SkaldPausedLong');
  });

  it('an undo that goes on for long', async () => {
    bench.participants.behave('iron.press', [{ rejected: 'crumpled' }]);
    bench.participants.behave(
      'machine.soil',
      Array.from({ length: 4 }, () => ({ failed: 'broken' })),
    );
    const [key] = await give(1);

    await fires('SkaldUndoSlow');
    await bench.ended(key!, { withinMs: 60_000 });
  });

  it('a saga that waits for a person, again when nobody comes, and for what somebody decides', async () => {
    bench.participants.behave('iron.press', [{ silent: 'not-done' }]);
    const [key] = await give(1);
    const { id } = await bench.stuck(key!);

    const { labels, annotations } = await fires('SkaldIncidentOpen');
    await fires('SkaldIncidentOld');
    const { body } = await bench.api.get<{ readonly sagas: readonly { readonly id: string }[] }>(
      annotations['runs'] ?? '',
    );
    expect(labels).toMatchObject({ saga_definition: 'laundry', saga_owner: 'linen-desk' });
    expect(body.sagas.map((saga) => saga.id)).toEqual([id]);
    const answer = await bench.api.post(`/sagas/${id}/actions`, {
      action: 'skip',
      by: 'ada',
      reason: 'a test',
    });
    expect(answer).toMatchObject({ status: 200 });
    expect((await fires('SkaldOverridden')).labels).toMatchObject({
      severity: 'info',
      saga_definition: 'laundry',
      saga_owner: 'linen-desk',
      saga_action: 'skip',
    });
    await isOver('SkaldIncidentOpen');
  });

  it('an event that nobody understands', async () => {
    const producer = await openRawProducer(bench.kafkaBrokers);
    const headers = { ce_specversion: '1.0', ce_id: 'x', ce_source: '/x', ce_type: 'shop.bag.given' };
    await producer.send({ topic: 'shop.events', part: 0, key: 'x', value: 'no bag', headers });
    await producer.stop();

    const { labels, annotations } = await fires('SkaldRecordsParked');
    const { body } = await bench.api.get<{ readonly parked: readonly { readonly topic: string }[] }>(
      annotations['runs'] ?? '',
    );
    expect(labels).toMatchObject({ messaging_destination_name: 'shop.events', saga_owner: 'front-desk' });
    expect(body.parked.map(({ topic }) => topic)).toEqual(['shop.events']);
  });

  it('a database that stands still while replies arrive, and that then fails', async () => {
    bench.participants.behave(
      'machine.wash',
      Array.from({ length: 40 }, () => ({ succeeded: {}, lateMs: 2_000 })),
    );
    const washed = bench.participants.deliveries.length;
    await give(40);
    await eventually('all bags to be washed', () => bench.participants.deliveries.length >= washed + 40);
    await bench.servers.postgres.freeze();
    try {
      await fires('SkaldBehind');
      await fires('SkaldStandsStill');
    } finally {
      await bench.servers.postgres.kill();
      await bench.servers.postgres.start();
    }
    await fires('SkaldCommitsFail');
    await isOver('SkaldStandsStill');
  });
});

describe('every query of the dashboard', () => {
  it('is understood, and those about what has happened here have an answer', async () => {
    await give(3, true);
    await switchPause('pause');
    await eventually(
      'tasks to be counted',
      async () => (await prometheus.query('saga_tasks_open')).length > 0,
    );
    const { panels } = JSON.parse(await readFile('deploy/dashboards/skald.json', 'utf8')) as Dashboard;

    for (const { title, targets = [] } of panels)
      for (const { expr } of targets) {
        const question = expr.replaceAll('$__rate_interval', '1m').replaceAll('$definition', '.*');
        await eventually(`an answer for ${title}`, async () => (await prometheus.query(question)).length > 0);
      }
    await switchPause('resume');
  });

  it('has a place of its own', async () => {
    const { panels } = JSON.parse(await readFile('deploy/dashboards/skald.json', 'utf8')) as Dashboard;
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    );

    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});

describe('an alert fires for', () => {
  it('a broker that does not take what is committed', async () => {
    const [broker] = bench.servers.brokers;
    bench.participants.behave('machine.wash', { succeeded: {} });
    // What was fetched is committed still, and its messages find nobody; on a slow machine nothing may have been fetched.
    for (let tries = 1; tries <= 6; tries += 1) {
      await give(30);
      await broker!.freeze();
      if (await isUnsent()) break;
      await broker!.thaw();
    }
    try {
      await fires('SkaldCommandsUnsent');
    } finally {
      await broker!.thaw();
    }
    await isOver('SkaldCommandsUnsent');
  });

  it('wake-ups that nobody carries out, and a home topic that nobody reads', async () => {
    await give(10);
    await eventually('a saga to cool', async () => {
      const rows = await bench.query<{ count: string }>(
        'select count(*) from saga_instance where finished_at is null and wake_at > now()',
      );
      return Number(rows[0]?.count) > 0;
    });
    bench.coordinators[0]!.service.freeze();
    try {
      await fires('SkaldNobodyFolds');
    } finally {
      bench.coordinators[0]!.service.thaw();
    }
    await fires('SkaldTimersLate');
    await isOver('SkaldNobodyFolds');
  });
});
