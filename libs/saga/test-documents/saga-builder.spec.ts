import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { blocks, saga } from '../src/definition.js';
import { formatProblem } from '../src/document/problem.js';
import { parseDocuments } from '../src/document/parse-documents.js';
import { exampleSources } from './example-sagas.fixture.js';

const orderFulfilment = saga('order-fulfilment', 1, {
  title: 'Order fulfilment',
  owner: 'order-team',
  input: 'schemas/order.json',
  timeout: '30m',
  target: { share: '95%', within: '10m' },
})
  .key('input.orderId')
  .startsOn('shop.order.placed', { gates: { 'has-a-value': 'data.total > 0' } })
  .step('reserveStock', { call: 'inventory.reserve', compensate: 'inventory.release' })
  .step('chargeCard', {
    call: 'payment.charge',
    with: { orderId: '${ input.orderId }', amount: '${ input.total }', card: '${ input.card }' },
    compensate: 'payment.refund',
  })
  .step('arrangeShipping', { call: 'shipping.arrange', pivot: true })
  .outcome('completed', { emit: 'shop.order.fulfilled', with: { orderId: '${ input.orderId }' } })
  .outcome('compensated', {
    emit: 'shop.order.rejected',
    with: { orderId: '${ input.orderId }', reason: '${ failure.error }' },
  });

const cancelOrder = saga('cancel-order', 1, { timeout: '3d', pivot: 'start' })
  .key('input.orderId', { reuse: 'afterEnd' })
  .startsOn('shop.order.cancelled')
  .parallel('holders', {
    assignments: blocks.lock('order', {
      resource: 'order/${ input.orderId }',
      conflict: 'takeOver',
      tellsStatus: true,
      catch: { locked: 'continue' },
    }),
    warehouse: blocks.step('cancelInWarehouse', {
      call: 'wms.cancel-order',
      status: 'still active in the warehouse',
      catch: {
        'already-picked': blocks.emit('stopAtGate', {
          event: 'shop.order.stop-at-gate',
          with: { orderId: '${ input.orderId }' },
        }),
      },
    }),
    transport: blocks.step('cancelInTransport', {
      call: 'tms.cancel-order',
      status: 'still active in transport planning',
    }),
    legacy: blocks.step('cancelInLegacy', {
      call: 'legacy-oms.cancel-order',
      status: 'still active in the legacy system',
      timeout: { policy: 'nightlyExport' },
      ifUnknown: 'wait',
    }),
  });

const everything = saga('everything', 2, { known: { value: '${ steps.limit.output }', asOf: 'now' } })
  .key('input.id')
  .set('limit', 5)
  .group('inner', blocks.step('hold', { call: 'stock.hold', compensate: { none: 'it lapses' } }), {
    output: { held: true },
    timeout: '1h30m',
    catch: { rejected: { do: blocks.raise('no-stock', { message: 'gone' }) }, 'timed-out': 'incident' },
  })
  .choice(
    'way',
    [{ case: 'far', if: 'input.far', do: blocks.wait('pause', { for: '5m' }) }],
    blocks.end('near'),
  )
  .wait('until', { until: "now + duration('1h')" })
  .forEach('checks', blocks.step('check', { call: 'stock.check', compensate: { none: 'it only looks' } }), {
    in: 'input.lines',
    as: 'line',
    key: 'line.sku',
    concurrency: 2,
    tolerate: '10%',
    timeout: '2m',
  })
  .repeat('polling', blocks.set('answer', 42), { until: 'steps.answer.output == 42', max: 3, every: '1m' })
  .parallel('race', { one: blocks.set('first', 1), two: blocks.set('second', 2) }, { join: 'any' })
  .catch({ 'no-stock': { do: blocks.end('sold-out') } });

const starting = saga('reallocate-stock', 1, { flips: { of: 'saga.result', max: 3, within: '2h' } })
  .key('input.warehouseId', { reuse: 'afterEnd', conflict: 'queue' })
  .startsOn('wms.stock-changed', {
    gates: { 'worth-it': 'data.amount > 10' },
    coalesce: '1s',
    threshold: { of: 'data.level', below: 10 },
    echo: { unless: 'data.amount > 100' },
    maxHops: 4,
  })
  .starts({ schedule: '30 5 * * mon-sat', zone: 'Europe/Berlin', with: { warehouseId: 'all' } })
  .starts({ webhook: 'recount', secret: 'secret:recount' })
  .starts({ person: 'warehouse-lead' })
  .starts({ saga: 'count-stock', outcome: 'completed', with: { warehouseId: '${ data.saga.key }' } })
  .end('done');

function yamlOf(file: string): unknown {
  const { text } = exampleSources.find((source) => source.file === file)!;
  return parseDocuments(text, file).documents[0]!.data;
}

describe('a saga written in TypeScript', () => {
  it('is the same data as its YAML', () => {
    expect(orderFulfilment.toDocument()).toEqual(yamlOf('order-fulfilment.yaml'));
  });

  it('nests blocks as its YAML does', () => {
    expect(cancelOrder.toDocument()).toEqual(yamlOf('cancel-order.yaml'));
  });

  it('writes every block', () => {
    expect(everything.toDocument()).toEqual({
      saga: 'everything',
      version: 2,
      key: 'input.id',
      known: { value: '${ steps.limit.output }', asOf: 'now' },
      steps: [
        { set: 'limit', value: 5 },
        {
          group: 'inner',
          do: [{ step: 'hold', call: 'stock.hold', compensate: { none: 'it lapses' } }],
          output: { held: true },
          timeout: '1h30m',
          catch: { rejected: { do: [{ raise: 'no-stock', message: 'gone' }] }, 'timed-out': 'incident' },
        },
        {
          choice: 'way',
          cases: [{ case: 'far', if: 'input.far', do: [{ wait: 'pause', for: '5m' }] }],
          else: [{ end: 'near' }],
        },
        { wait: 'until', until: "now + duration('1h')" },
        {
          forEach: 'checks',
          do: [{ step: 'check', call: 'stock.check', compensate: { none: 'it only looks' } }],
          in: 'input.lines',
          as: 'line',
          key: 'line.sku',
          concurrency: 2,
          tolerate: '10%',
          timeout: '2m',
        },
        {
          repeat: 'polling',
          do: [{ set: 'answer', value: 42 }],
          until: 'steps.answer.output == 42',
          max: 3,
          every: '1m',
        },
        {
          parallel: 'race',
          branches: { one: [{ set: 'first', value: 1 }], two: [{ set: 'second', value: 2 }] },
          join: 'any',
        },
      ],
      catch: { 'no-stock': { do: [{ end: 'sold-out' }] } },
    });
  });

  it('compiles like its YAML', () => {
    const { programs, problems } = compileDefinitions([everything.toSource()]);

    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(programs.map(({ definition }) => definition)).toEqual(['everything']);
  });

  it('says everything that starts it', () => {
    const { programs, problems } = compileDefinitions([starting.toSource()]);

    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(programs[0]!.triggers.map(({ name, maxHops }) => [name, maxHops])).toEqual([
      ['wms.stock-changed', 4],
      ['schedule 30 5 * * mon-sat Europe/Berlin', 8],
      ['webhook.recount', 8],
      ['person warehouse-lead', 8],
      ['saga count-stock completed', 8],
    ]);
    expect(programs[0]!.admission).toMatchObject({
      conflict: 'queue',
      flips: { max: 3, withinMs: 7_200_000 },
    });
  });

  it('is complained about by its path', () => {
    const wrong = saga('order', 1).key('input.orderId').step('pay', { call: 'payment.charge' });
    const errors = compileDefinitions([wrong.toSource()]).problems.filter(
      ({ severity }) => severity === 'error',
    );

    expect(errors.map(formatProblem)).toEqual([
      'order.ts steps[0].step: error: Step "pay" does not say how it is undone. Write `compensate: <command>`, or `compensate: { none: <why> }`, or `pivot: true` if everything behind it only goes forward.',
    ]);
  });

  it('shares a beginning without changing it', () => {
    const start = saga('order', 1).key('input.orderId');
    start.end('done');

    expect(start.toDocument()['steps']).toEqual([]);
  });
});
