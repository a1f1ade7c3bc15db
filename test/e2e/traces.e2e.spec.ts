import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import process from 'node:process';
import { startTracing, type Tracing } from '#libs/observability';
import { startOtlpSink, type OtlpSink } from '#libs/testing';
import { storefrontTrace } from '../../apps/shop/src/storefront/storefront-trace.js';
import { orderIdOf } from '../../apps/shop/src/storefront/order.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { SpanBook } from '../harness/span-book.js';

const count = 50;
/** A tenth of a second is what it takes where the machine has nothing else to do. */
const exportedWithinMs = 5_000;

jest.setTimeout(90_000);

let sink: OtlpSink;
let fleet: Fleet;
let storefront: Tracing;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  sink = await startOtlpSink();
  fleet = await startFleet({ name: 'traces', env: sink.env });
  environment = { ...process.env };
  Object.assign(process.env, sink.env);
  storefront = await startTracing('storefront');
}, 120_000);

afterAll(async () => {
  for (const name of Object.keys(sink?.env ?? {})) delete process.env[name];
  Object.assign(process.env, environment);
  await storefront?.stop();
  await fleet?.discard();
  await sink?.stop();
});

describe('fifty orders that are traced', () => {
  let book: SpanBook;

  beforeAll(async () => {
    await placeTraced(1, count);
    await fleet.ended(count);
    book = await closed(count);
  }, 90_000);

  it('are one whole trace each', () => {
    expect(book.traces).toHaveLength(count);
    for (const trace of book.traces) {
      expect(trace.roots.map((span) => span.name)).toEqual(['send shop.events']);
      expect(trace.orphans).toEqual([]);
    }
  });

  it('show the steps of a completed one, down to the reply', () => {
    const tree = book.traceOf(sagaOf(book, 1)).tree();

    expect(tree).toEqual([
      'send shop.events (producer, storefront)',
      '  process shop.events (consumer, skald-coordinator)',
      '    saga order-fulfilment (internal, skald-coordinator)',
      ...stepTree('reserveStock', 'inventory'),
      '      saga order-fulfilment completed (internal, skald-coordinator)',
      ...stepTree('chargeCard', 'payment'),
      ...stepTree('arrangeShipping', 'shipping'),
      '      send shop.events (producer, skald-coordinator)',
    ]);
  });

  it('link an undo to its step and to its cause', () => {
    const trace = book.traceOf(sagaOf(book, 10));
    const [undo] = trace.named('compensate chargeCard');
    const [step] = trace.named('step chargeCard');
    const refusal = trace.spans.find(
      (span) => span.name === 'process skald.home' && span.attributes['saga.outcome'] === 'rejected',
    );

    expect(undo!.links.map((link) => link.spanId)).toEqual([step!.spanId, refusal!.spanId]);
    expect(undo!.parentSpanId).toBe(trace.named('saga order-fulfilment')[0]!.spanId);
    expect(trace.named('compensate reserveStock')[0]!.links.map((link) => link.spanId)).toContain(
      trace.named('step reserveStock')[0]!.spanId,
    );
    expect(trace.named('saga order-fulfilment compensated')).toHaveLength(1);
  });

  it('close with a bar from start to end that says the outcome', () => {
    const trace = book.traceOf(sagaOf(book, 10));
    const [anchor] = trace.named('saga order-fulfilment');
    const [bar] = trace.named('saga order-fulfilment compensated');

    expect(BigInt(anchor!.end) - BigInt(anchor!.start)).toBe(1_000n);
    expect(bar!.start).toBe(anchor!.start);
    expect(
      trace.spans.filter((span) => span.name.startsWith('step ')).every((span) => span.end <= bar!.end),
    ).toBe(true);
    expect(bar!.attributes).toMatchObject({
      'saga.outcome': 'compensated',
      'saga.error': 'no-carrier',
      'saga.definition': 'order-fulfilment',
      'saga.version': 1,
    });
  });

  it('say what messages they sent and processed', () => {
    const trace = book.traceOf(sagaOf(book, 1));
    const [saga] = trace.named('saga order-fulfilment');
    const id = saga!.attributes['saga.id'];

    expect(trace.named('send payment.commands')[0]!.attributes).toMatchObject({
      'messaging.system': 'kafka',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'payment.commands',
      'messaging.message.conversation_id': id,
      'saga.step': 'chargeCard',
      'saga.step.attempt': 1,
      'saga.command': 'payment.charge',
    });
    expect(trace.named('process payment.commands')[0]!.attributes).toMatchObject({
      'messaging.operation.type': 'process',
      'messaging.message.conversation_id': id,
      'saga.outcome': 'succeeded',
    });
    expect(trace.named('process skald.home')).toHaveLength(3);
  });

  it('mark what failed, and not what was refused', () => {
    const busy = book.traceOf(sagaOf(book, 11));
    const refused = book.traceOf(sagaOf(book, 7));

    expect(busy.named('process inventory.commands').map((span) => span.isError)).toEqual([true, false]);
    expect(busy.named('step reserveStock')[0]!.attributes).toMatchObject({ 'saga.step.attempt': 2 });
    expect(refused.spans.filter((span) => span.isError)).toEqual([]);
  });

  it('carry no payload', () => {
    const texts = book.spans.flatMap((span) => Object.values(span.attributes)).map(String);

    expect(texts.filter((text) => /card-\d{3}|tracking-|"orderId"/.test(text))).toEqual([]);
  });
});

describe('orders whose coordinator is killed', () => {
  const killedCount = 150;
  let book: SpanBook;
  let cutOff: ReadonlySet<string>;

  beforeAll(async () => {
    const { service } = fleet.coordinators[0]!;
    const placing = placeTraced(101, killedCount, 100);
    const killedAt = await eventually('a gate to be ahead of its stored position', async () => {
      if ((await fleet.books.counts()).running === 0) return false;
      // Frozen, so that it is ahead still when it is killed.
      const frozenAt = fleet.clock.now();
      service.freeze();
      if (await isGateAhead()) return frozenAt;
      service.thaw();
      return false;
    });
    await service.kill('SIGKILL');
    await service.start();
    await placing;
    await fleet.ended(count + killedCount);
    cutOff = await aliveAt(killedAt);
    book = await settled(cutOff);
  }, 90_000);

  it('are one trace each', async () => {
    const sagas = await fleet.query<{ id: string }>('select id from saga_instance');

    expect(sagas).toHaveLength(count + killedCount);
    expect(new Set(book.traces.map((trace) => trace.saga)).size).toBe(book.traces.length);
    for (const { id } of sagas) {
      expect(book.traceOf(id).roots.map((span) => span.name)).toEqual(['send shop.events']);
    }
  });

  it('have spans that recur, and only as they were', () => {
    expect(book.recurring.length).toBeGreaterThan(0);
    expect(book.contradictions).toEqual([]);
  });

  it('lack only what had not left the process', () => {
    const partial = book.traces.filter((trace) => !trace.isClosed || trace.orphans.length > 0);

    expect(partial.map((trace) => trace.saga).filter((saga) => !cutOff.has(saga!))).toEqual([]);
    expect(book.traces.length - partial.length).toBeGreaterThan(count);
  });
});

async function placeTraced(first: number, orders: number, perSecond = 0): Promise<void> {
  await fleet.place(
    { mix: 'demo', first, count: orders, perSecond },
    { traceOf: storefrontTrace(storefront.tracer) },
  );
}

/** Waits until that many sagas have their closing bar and nothing is missing a parent any more. */
function closed(sagas: number): Promise<SpanBook> {
  return eventually(`${sagas} closing bars, and all spans above them`, () => {
    const book = new SpanBook(sink.spans);
    // By the storefront at first, and by the coordinator a moment after the end.
    const isWhole = book.traces.every(
      (trace) => trace.orphans.length === 0 && trace.named('send shop.events').length === 2,
    );
    return book.closedSagas === sagas && isWhole && book;
  });
}

/** Waits until only traces that the kill cut off lack anything. */
function settled(cutOff: ReadonlySet<string>): Promise<SpanBook> {
  return eventually('all other traces to be whole', () => {
    const book = new SpanBook(sink.spans);
    const partial = book.traces.filter((trace) => !trace.isClosed || trace.orphans.length > 0);
    return partial.every((trace) => cutOff.has(trace.saga ?? '')) && book;
  });
}

/** Sagas that a coordinator may have held spans of when it was killed. */
async function aliveAt(instant: number): Promise<ReadonlySet<string>> {
  const rows = await fleet.query<{ id: string }>(
    'select id from saga_instance where started_at <= $2 and finished_at >= $1',
    [new Date(instant - exportedWithinMs), new Date(instant)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Whether a gate has forwarded, and told of it, what a successor will forward again. */
async function isGateAhead(): Promise<boolean> {
  const rows = await fleet.query<{ part: number; next: string }>(
    `select part, next_offset as next from saga_lane where topic = 'shop.events' and next_offset is not null`,
  );
  const next = new Map(rows.map((row) => [String(row.part), Number(row.next)]));
  return sink.spans.some(({ name, attributes }) => {
    const stored = next.get(String(attributes['messaging.destination.partition.id']));
    return (
      name === 'process shop.events' &&
      stored !== undefined &&
      Number(attributes['messaging.kafka.offset']) >= stored
    );
  });
}

function sagaOf(book: SpanBook, number: number): string {
  const placed = book.spans.find(
    (span) =>
      span.service === 'storefront' && span.attributes['messaging.message.id'] === orderIdOf('demo', number),
  );
  return book.sagaOfTrace(placed!.traceId);
}

function stepTree(step: string, participant: string): readonly string[] {
  return [
    `      step ${step} (internal, skald-coordinator)`,
    `        send ${participant}.commands (producer, skald-coordinator)`,
    `          process ${participant}.commands (consumer, ${participant})`,
    `            send skald.home (producer, ${participant})`,
    '              process skald.home (consumer, skald-coordinator)',
  ];
}
