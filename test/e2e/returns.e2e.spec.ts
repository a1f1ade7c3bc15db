import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runTests, type CaseReport, type TestReport } from '#libs/saga';
import type { SagaPage } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { exampleFiles } from '../harness/example-files.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { endOf, pathsOf, suitesIn, SuitePlayer, type PlayedCase } from '../harness/suite-player.js';

const definitions = ['return.yaml', 'returns.yaml', 'claims.yaml', 'shop.yaml'];

/** Parcels, carriers and parts take seconds here instead of weeks and hours. */
const hurried = {
  'timeout: 21d': 'timeout: 20s',
  'for: 4h': 'for: 200ms',
  'after: 14d': 'after: 6s',
  'timeout: 20s\ncommands': 'timeout: 3s\ncommands',
};

jest.setTimeout(120_000);

let bench: SagaBench;
let report: TestReport;
let cases: readonly PlayedCase[];
let pages: ReadonlyMap<string, SagaPage>;

beforeAll(async () => {
  const files = exampleFiles(definitions, hurried);
  const tests = exampleFiles([...definitions, 'return.tests.yaml']);
  const suite = suitesIn(tests).find(({ program }) => program.definition === 'return')!;
  report = runTests(suite);
  cases = suite.cases.filter(({ crashes }) => !crashes).map((one, index) => ({ key: `R-${index + 1}`, one }));
  bench = await startSagaBench({ name: 'returns', documents: files });
  const player = new SuitePlayer(bench, {
    suite,
    keyField: 'returnId',
    own: { 'carrier.create-label': (key) => ({ trackingNumber: `T-${key}` }) },
    events: {
      parcelScanned: ({ steps }) => ({
        type: 'carrier.parcel-scanned',
        data: { trackingNumber: (steps['createLabel']!.output as { trackingNumber: string }).trackingNumber },
      }),
      partsArrived: ({ businessKey }) => ({
        type: 'returns.parts-received',
        data: { returnId: businessKey },
      }),
    },
  });
  pages = await player.play(cases, 90_000);
}, 180_000);

afterAll(async () => {
  await bench?.discard();
});

/** What `skald test` says of a case. */
function played(name: string): CaseReport {
  return report.cases.find((one) => one.name === name)!;
}

/** How often each path was taken, as Prometheus reads it. */
async function counted(): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(new URL('/metrics', bench.api.url));
  const lines = (await response.text()).matchAll(/^saga_exception_paths_total\{([^}]*)\} (\d+)/gm);
  return Object.fromEntries(
    [...lines].map(([, labels = '', count]) => [/saga_path="([^"]*)"/.exec(labels)![1]!, Number(count)]),
  );
}

function pathsTaken(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

describe('returns on the real broker and database', () => {
  it('end as their tests say', () => {
    const ends = cases.map(({ key, one }) => [one.name, endOf(pages.get(key)!)]);
    const claimed = cases.map(({ one }) => [one.name, endOf(played(one.name))]);

    expect(ends).toEqual(claimed);
  });

  it('take the paths their tests say, in order', () => {
    const taken = cases.map(({ key, one }) => [one.name, pathsOf(pages.get(key)!)]);
    const claimed = cases.map(({ one }) => [one.name, played(one.name).paths]);

    expect(taken).toEqual(claimed);
  });

  it('refund at most once', () => {
    const refunds = cases.map(({ key }) =>
      bench.participants
        .done(key)
        .filter((command) => /^(payment.refund|bank.transfer|giftcard.issue)$/.test(command)),
    );

    expect(refunds.filter((each) => each.length > 1)).toEqual([]);
  });

  it('are counted by each of their 27 exception paths', async () => {
    const expected: Record<string, number> = {};
    for (const { key } of cases)
      for (const path of pathsOf(pages.get(key)!)) expected[path] = (expected[path] ?? 0) + 1;

    expect(Object.keys(expected)).toHaveLength(27);
    const total = pathsTaken(expected);
    const counts = await eventually(`${total} paths to be counted`, async () => {
      const found = await counted();
      return pathsTaken(found) >= total && found;
    });
    expect(counts).toEqual(expected);
  });
});
