import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand } from '../harness/skald-command.js';

const documents = `saga: reallocate-stock
version: 1
key: { of: input.warehouseId, reuse: afterEnd, conflict: queue }
triggers:
  - event: wms.stock-changed
    gates: { in-current-wave: data.sku in data.wave }
  - event: wms.stock-counted
    coalesce: 2s
steps:
  - step: reallocate
    call: allocation.recompute
    pivot: true
---
saga: reorder
version: 1
key: { of: input.sku, reuse: afterEnd }
triggers:
  - event: wms.level-changed
    threshold: { of: data.level, below: 10 }
steps:
  - step: order
    call: purchasing.order
    pivot: true
---
saga: reroute-truck
version: 1
key: { of: input.truckId, reuse: afterEnd, conflict: queue }
flips: { of: steps.chooseRoute.output.routeId, max: 3, within: 2h }
triggers:
  - event: telematics.eta-changed
    gates: { later-than-planned: data.eta > data.planned + 2 }
    echo: { unless: data.eta > data.planned + 10 }
    maxHops: 4
steps:
  - step: chooseRoute
    call: optimiser.choose-route
  - step: tellDriver
    call: dispatch.instruct-driver
    with: { truckId: '\${ input.truckId }', routeId: '\${ steps.chooseRoute.output.routeId }' }
    pivot: true
---
saga: plan-tour
version: 1
key: { of: input.tourId, reuse: afterEnd, conflict: cancelOld }
triggers: [{ event: tours.changed }]
steps:
  - step: hold
    call: dispatch.hold
    compensate: dispatch.release
  - wait: approved
    event: tours.approved
  - step: release
    call: dispatch.go
    pivot: true
---
participant: optimiser
commands: { choose-route: { effect: none } }
---
participant: dispatch
commands: { instruct-driver: {}, hold: { undoneBy: dispatch.release }, release: {}, go: {} }
---
participant: tours
events: { tours.changed: {}, tours.approved: { key: data.tourId } }
`;

jest.setTimeout(60_000);

interface KeyPage {
  readonly frozenAt?: string;
  readonly running?: string;
  readonly waiting: readonly string[];
  readonly log: readonly {
    readonly what: string;
    readonly saga?: string;
    readonly cause?: string;
    readonly decided?: unknown;
    readonly event?: { readonly id: string };
    readonly count: number;
  }[];
  readonly sagas: readonly { readonly id: string; readonly status: string }[];
}

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'starting', documents });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

async function key(definition: string, name: string): Promise<KeyPage> {
  return (await bench.api.get<KeyPage>(`/keys/${definition}/${name}`)).body;
}

async function keyOnce(definition: string, name: string, isSo: (page: KeyPage) => boolean): Promise<KeyPage> {
  let last: KeyPage | undefined;
  return eventually(`key ${name} of ${definition}`, async () => {
    last = await key(definition, name);
    if (isSo(last)) return last;
    throw new Error(JSON.stringify(last));
  });
}

/** What was kept out of a definition, by reason. */
async function gated(definition: string): Promise<Readonly<Record<string, number>>> {
  interface Gated {
    readonly definition: string;
    readonly gate: string;
    readonly count: number;
  }
  const { body } = await bench.api.get<{ readonly gated: readonly Gated[] }>('/gates');
  return Object.fromEntries(
    body.gated.filter((row) => row.definition === definition).map(({ gate, count }) => [gate, count]),
  );
}

/** How many sagas the key has heard the end of, a moment after each of them has ended. */
function ended({ log }: KeyPage): number {
  return log.filter(({ what }) => what === 'ended').length;
}

describe('a hundred events of which ten matter', () => {
  it('start at most ten sagas, and leave ninety with the reason', async () => {
    const wave = Array.from({ length: 10 }, (_, index) => `sku-${index}`);
    for (let count = 0; count < 100; count += 1)
      await bench.publish('wms.stock-changed', { warehouseId: `w-${count % 10}`, sku: `sku-${count}`, wave });

    await eventually(
      'ninety to be kept out',
      async () => (await gated('reallocate-stock'))['in-current-wave'] === 90,
    );
    const sagas = await eventually('ten sagas', async () => {
      const found = await bench.api.list('definition=reallocate-stock&status=completed');
      return found.length >= 10 && found;
    });
    const told = await skaldCommand(bench.api.url, { by: 'ann' }, 'gates');

    expect(sagas).toHaveLength(10);
    expect(told.out).toMatch(/reallocate-stock +wms\.stock-changed +in-current-wave +90/);
  });
});

describe('fifty updates of one key', () => {
  it('are one decision on the last of them', async () => {
    const counted = (count: number) => bench.publish('wms.stock-counted', { warehouseId: 'w-busy', count });
    await Promise.all(Array.from({ length: 49 }, (_, index) => counted(index + 1)));
    await counted(50);

    const page = await bench.ended('w-busy');

    expect((page as unknown as { input: unknown }).input).toEqual({ warehouseId: 'w-busy', count: 50 });
    expect(bench.participants.done('w-busy')).toEqual(['allocation.recompute']);
    expect(await gated('reallocate-stock')).toMatchObject({ coalesced: 49 });
    const { log, sagas } = await keyOnce('reallocate-stock', 'w-busy', (each) => ended(each) === 1);
    expect(sagas).toHaveLength(1);
    expect(log).toMatchObject([
      { what: 'coalesced', count: 49 },
      { what: 'started', saga: page.id, count: 1 },
      { what: 'ended', saga: page.id },
    ]);
  });

  it('are decided on after a coordinator that collected them is killed', async () => {
    await bench.publish('wms.stock-counted', { warehouseId: 'w-killed', count: 1 });
    await bench.publish('wms.stock-counted', { warehouseId: 'w-killed', count: 2 });
    await keyOnce('reallocate-stock', 'w-killed', ({ log }) => log[0]?.what === 'coalesced');
    await bench.kill(0);
    await bench.restart(0);

    const page = await bench.ended('w-killed');

    expect((page as unknown as { input: unknown }).input).toEqual({ warehouseId: 'w-killed', count: 2 });
    expect((await key('reallocate-stock', 'w-killed')).sagas).toHaveLength(1);
  });
});

describe('a level', () => {
  it('starts a saga each time it falls below the number', async () => {
    for (const level of [12, 9, 8]) await bench.publish('wms.level-changed', { sku: 's-1', level });
    await bench.ended('s-1');
    for (const level of [7, 12, 9]) await bench.publish('wms.level-changed', { sku: 's-1', level });

    const { log } = await keyOnce('reorder', 's-1', (page) => page.log.length >= 5);
    await keyOnce('reorder', 's-1', ({ sagas }) => sagas.every(({ status }) => status === 'completed'));

    expect(log.map(({ what, count }) => [what, count])).toEqual([
      ['above-threshold', 1],
      ['started', 1],
      ['below-threshold', 2],
      ['above-threshold', 1],
      ['started', 1],
    ]);
  });
});

describe('a truck that is sent back and forth', () => {
  const planned = 10;
  const eta = (by: number) => ({ truckId: 't-1', planned, eta: planned + by });

  it('is frozen at the third flip, after echoes that changed nothing', async () => {
    let asked = 0;
    bench.participants.behave('optimiser.choose-route', () => {
      asked += 1;
      return { succeeded: { routeId: asked % 2 === 1 ? 'A' : 'B' } };
    });
    for (let round = 1; round <= 14; round += 1) {
      await bench.publish('telematics.eta-changed', eta(20), { id: `eta-${round}` });
      const page = await keyOnce(
        'reroute-truck',
        't-1',
        ({ log, frozenAt }) =>
          (frozenAt !== undefined && log.at(-1)?.event?.id === `eta-${round}`) ||
          (log.at(-1)?.what === 'ended' && log.filter(({ what }) => what === 'started').length === round) ||
          log.at(-1)?.what === 'flipped',
      );
      if (page.frozenAt !== undefined) continue;
      const cause = page.sagas[0]!.id;
      await bench.publish('telematics.eta-changed', eta(5), { id: `echo-${round}`, cause, hops: 1 });
      await keyOnce('reroute-truck', 't-1', ({ log }) => log.at(-1)?.what === 'echo');
    }

    const { log, sagas } = await keyOnce(
      'reroute-truck',
      't-1',
      ({ log: lines }) => lines.at(-1)?.event?.id === 'eta-14',
    );
    const { body } = await bench.api.get<{ readonly incidents: readonly { readonly code: string }[] }>(
      '/incidents',
    );
    const incidents = body.incidents.filter(({ code }) => code === 'KEY_FROZEN');
    expect(sagas.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'completed']);
    expect(incidents).toHaveLength(1);
    expect(log.map(({ what, decided, cause, count }) => [what, decided ?? cause ?? count])).toEqual([
      ['started', 1],
      ['ended', 'A'],
      ['echo', sagas[3]!.id],
      ['started', 1],
      ['ended', 'B'],
      ['echo', sagas[2]!.id],
      ['started', 1],
      ['ended', 'A'],
      ['echo', sagas[1]!.id],
      ['started', 1],
      ['ended', 'B'],
      ['flipped', ['A', 'B', 'A', 'B']],
      ['frozen', 10],
    ]);
  });

  it('shows its whole chain to one command, and goes on when a person says so', async () => {
    const { out } = await skaldCommand(bench.api.url, { by: 'ann' }, 'key', 'reroute-truck', 't-1');
    expect(out).toMatch(/started[^]*"A"[^]*echo[^]*"B"[^]*flipped[^]*frozen ×10/);

    const thawed = await skaldCommand(
      bench.api.url,
      { by: 'ann' },
      'thaw',
      'reroute-truck',
      't-1',
      '-r',
      'the road is open',
    );
    await bench.publish('telematics.eta-changed', eta(20), { id: 'eta-15' });

    expect(thawed.code).toBe(0);
    await keyOnce('reroute-truck', 't-1', (page) => ended(page) === 5);
    expect((await key('reroute-truck', 't-1')).frozenAt).toBeUndefined();
  });

  it('does not hear of itself through too many others', async () => {
    await bench.publish('telematics.eta-changed', eta(30), { hops: 5 });

    await eventually('it to be kept out', async () => (await gated('reroute-truck'))['too-many-hops'] === 1);
    expect((await key('reroute-truck', 't-1')).sagas).toHaveLength(5);
  });

  it('counts a change that matters although its own command caused it', async () => {
    const [last] = (await key('reroute-truck', 't-1')).sagas;
    await bench.publish('telematics.eta-changed', eta(11), { cause: last!.id, hops: 1 });

    await keyOnce('reroute-truck', 't-1', (page) => ended(page) === 6);
  });
});

describe('a start while a saga of the key runs', () => {
  it('waits for its turn', async () => {
    bench.participants.behave('allocation.recompute', [{ succeeded: {}, lateMs: 4_000 }], { key: 'w-queue' });
    const wave = ['a'];
    for (let count = 1; count <= 3; count += 1)
      await bench.publish('wms.stock-changed', { warehouseId: 'w-queue', sku: 'a', wave, count });
    const { waiting, running } = await keyOnce(
      'reallocate-stock',
      'w-queue',
      (page) => page.waiting.length === 2,
    );

    const page = await keyOnce('reallocate-stock', 'w-queue', (each) => ended(each) === 3);

    expect(page.sagas.map(({ id }) => id).sort()).toEqual([running!, ...waiting].sort());
    const turns = page.log.map(({ what, saga }) => `${what} ${[running, ...waiting].indexOf(saga!) + 1}`);
    expect(turns).toEqual(['started 1', 'ended 1', 'started 2', 'ended 2', 'started 3', 'ended 3']);
  });

  it('takes its place, once it is undone', async () => {
    await bench.publish('tours.changed', { tourId: 'tour-1', stops: 1 });
    await bench.until('holds', 'tour-1', ({ steps }) => steps['hold'] !== undefined);
    await bench.publish('tours.changed', { tourId: 'tour-1', stops: 2 });

    const { sagas, log } = await keyOnce(
      'plan-tour',
      'tour-1',
      (page) => page.sagas.length === 2 && page.log.at(-1)?.what === 'started',
    );
    await bench.until('holds again', 'tour-1', ({ steps }) => steps['hold'] !== undefined);
    await bench.publish('tours.approved', { tourId: 'tour-1' });
    const page = await bench.ended('tour-1');

    expect(log.map(({ what }) => what)).toEqual(['started', 'cancelled', 'ended', 'started']);
    expect((await bench.api.saga(sagas[1]!.id)).status).toBe('cancelled');
    expect(page.status).toBe('completed');
    expect(bench.participants.done('tour-1')).toEqual([
      'dispatch.hold',
      'dispatch.release',
      'dispatch.hold',
      'dispatch.go',
    ]);
  });
});
