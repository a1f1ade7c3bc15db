import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runTests } from '#libs/saga';
import type { SagaPage } from '../harness/coordinator-api.js';
import { exampleFiles } from '../harness/example-files.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { endOf, pathsOf, suitesIn, SuitePlayer, type PlayedCase } from '../harness/suite-player.js';

const definitions = ['credit-order.yaml', 'shop.yaml'];
const hurried = {
  'timeout: 10s ': 'timeout: 2s ',
  'remind: { after: 2h }': 'remind: { after: 300ms }',
  'after: 4h': 'after: 1s',
};

const suite = suitesIn(exampleFiles([...definitions, 'credit-order.tests.yaml'])).find(
  ({ program }) => program.definition === 'credit-order',
)!;
const report = runTests(suite);
const cases: readonly PlayedCase[] = suite.cases
  .filter(({ crashes }) => !crashes)
  .map((one, index) => ({ key: `o-${index + 1}`, one }));

jest.setTimeout(60_000);

let bench: SagaBench;
let pages: ReadonlyMap<string, SagaPage>;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'credit-order', documents: exampleFiles(definitions, hurried) });
  pages = await new SuitePlayer(bench, { suite, keyField: 'orderId' }).play(cases);
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

/** The saga of the case with this name, and its business key. */
function sagaOf(name: string): { readonly key: string; readonly page: SagaPage } {
  const { key } = cases.find(({ one }) => one.name === name)!;
  return { key, page: pages.get(key)! };
}

describe('an order on credit', () => {
  it.each(cases.map(({ key, one }) => [one.name, key] as const))('ends as its tests say: %s', (name, key) => {
    const played = report.cases.find((one) => one.name === name)!;
    const page = pages.get(key)!;

    expect(endOf(page)).toBe(endOf(played));
    expect(page.incident).toBe(false);
    expect(pathsOf(page)).toEqual(played.paths.filter((path) => path.startsWith('reserveStock')));
  });

  it('that meets a refusal, a silence and somebody late is carried out once', () => {
    const { key, page } = sagaOf('all three in one saga');
    const told = page.timeline.map(({ text }) => text).join('\n');

    expect(bench.participants.done(key)).toEqual(['supplier.order', 'credit.hold', 'shipping.arrange']);
    expect(told).toContain('took the path reserveStock.out-of-stock');
    expect(told).toContain('asked credit.held whether holdCredit was done');
    expect(page.steps['approve']!.output).toMatchObject({ answer: 'approve', by: 'lena' });
  });

  it('that meets them and is denied owes nothing to anybody', () => {
    const { key, page } = sagaOf('all three, and then a no');

    expect(page).toMatchObject({ status: 'compensated', failure: { error: 'not-approved' } });
    expect(bench.participants.standing(key)).toEqual([]);
    expect(bench.participants.done(key)).toEqual([
      'supplier.order',
      'credit.hold',
      'credit.release',
      'supplier.cancel',
    ]);
  });

  it('shows whom it was put to when nobody answered in time', async () => {
    const { key } = sagaOf('whoever is late is not taken for a no');
    const saga = (await bench.page(key))!.id;
    const { body } = await bench.api.get<{ tasks: readonly { asked: readonly unknown[] }[] }>(
      `/tasks?saga=${saga}`,
    );

    expect(body.tasks.map(({ asked }) => asked)).toEqual([
      [
        { role: 'team-a', authority: 2 },
        { role: 'claims-lead', authority: 3 },
      ],
    ]);
  });
});
