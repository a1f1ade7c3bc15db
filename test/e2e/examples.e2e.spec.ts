import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { runTests, type CaseReport, type TestCase, type TestSuite } from '#libs/saga';
import type { SagaPage } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { exampleFiles, examplesFolder } from '../harness/example-files.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand } from '../harness/skald-command.js';
import { claimed, endOf, pathsOf, suitesIn, SuitePlayer, type PlayedCase } from '../harness/suite-player.js';
import { playedElsewhere, playedExamples, type PlayedExample } from './played-examples.js';

/** Retries take tenths of a second here. */
const hurriedShop = { 'delay: 1s, factor: 2, maxDelay: 1m': 'delay: 100ms, factor: 1, maxDelay: 100ms' };

const documents = readdirSync(examplesFolder).filter((name) => name.endsWith('.yaml'));
const suites = suitesIn(exampleFiles(documents));
const played = suites.filter(({ program }) => Object.hasOwn(playedExamples, program.definition));

jest.setTimeout(60_000);

interface Played {
  readonly suite: TestSuite;
  readonly example: PlayedExample;
  readonly cases: readonly PlayedCase[];
  readonly reports: ReadonlyMap<string, CaseReport>;
}

const plays: readonly Played[] = played.map((suite) => {
  const { definition } = suite.program;
  const example = playedExamples[definition]!;
  const cases = suite.cases
    .filter((one) => leftOut(one, example) === undefined)
    .map((one, index) => ({ key: `${definition}-${index + 1}`, one }));
  const reports = new Map(runTests(suite).cases.map((report) => [report.name, report] as const));
  return { suite, example, cases, reports };
});

let bench: SagaBench;
let pages: ReadonlyMap<string, SagaPage>;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'examples', documents: benchFiles() });
  const found = await Promise.allSettled(
    plays.map(({ suite, example, cases }) => {
      const { before, ...options } = example;
      const given = before === undefined ? {} : { before: (key: string) => before(bench, key) };
      return new SuitePlayer(bench, { suite, ...options, ...given }).play(cases);
    }),
  );
  const failed = found.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  if (failed.length > 0) throw new Error(failed.join('\n\n'));
  pages = new Map(found.flatMap((one) => (one.status === 'fulfilled' ? [...one.value] : [])));
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

/** Why a case is not played; `undefined` where it is. */
function leftOut(one: TestCase, { leftOut: named = {} }: PlayedExample): string | undefined {
  if (named[one.name] !== undefined) return named[one.name];
  if (one.crashes) return 'it crashes at every input; the faults kill coordinators instead';
  if (losesLock(one)) return 'somebody else has to hold the lock; two-trucks shows it';
  const isEndless = claimed(one, 'outcome') === 'running' && claimed(one, 'incident') === undefined;
  return isEndless ? 'it never ends, and claims no incident that could be waited for' : undefined;
}

/** Whether a lock is refused, or lost again. */
function losesLock({ part }: TestCase): boolean {
  const moves = part.scripts.flatMap((script) => [...script.values()].flatMap(({ list }) => list));
  return moves.some(
    (move) => move.kind === 'heard' && (move.what === 'refused' || move.next?.what === 'lost'),
  );
}

function benchFiles(): Readonly<Record<string, string>> {
  const shared = documents.filter((name) => !name.endsWith('.tests.yaml') && !isSagaFile(name));
  const sagas = plays.map(({ suite, example }) => exampleFiles([sagaFile(suite)], example.hurried));
  const contracts = exampleFiles(shared, hurriedShop);
  return Object.assign({}, contracts, ...sagas) as Readonly<Record<string, string>>;
}

function sagaFile({ file }: TestSuite): string {
  return file.replace('.tests.yaml', '.yaml');
}

function isSagaFile(name: string): boolean {
  return documents.includes(name.replace('.yaml', '.tests.yaml'));
}

describe('the tests of the examples', () => {
  it('are all played somewhere', () => {
    const names = suites.map(({ program }) => program.definition);

    expect([...Object.keys(playedExamples), ...Object.keys(playedElsewhere)].toSorted()).toEqual(
      names.toSorted(),
    );
  });

  it('are left out by names that they have', () => {
    const unknown = plays.flatMap(({ suite, example }) =>
      Object.keys(example.leftOut ?? {}).filter((name) => !suite.cases.some((one) => one.name === name)),
    );

    expect(unknown).toEqual([]);
  });
});

describe.each(plays.map((play) => [play.suite.program.definition, play] as const))(
  '%s on the real broker and database',
  (definition, { cases, reports }) => {
    const started = cases.filter(({ one }) => claimed(one, 'outcome') !== 'not-started');
    const keptOut = cases.filter(({ one }) => claimed(one, 'outcome') === 'not-started');

    it('ends as its tests say', () => {
      const ends = started.map(({ key, one }) => [one.name, endOf(pages.get(key)!)]);
      const expected = started.map(({ one }) => [one.name, endOf(reports.get(one.name)!)]);

      expect(ends).toEqual(expected);
    });

    it('takes the paths its tests say', () => {
      const taken = started.map(({ key, one }) => [one.name, pathsOf(pages.get(key)!)]);
      const expected = started.map(({ one }) => [one.name, caughtIn(reports.get(one.name)!)]);

      expect(taken).toEqual(expected);
    });

    it('has the effects its tests claim', () => {
      const found = started.map(({ key, one }) => [one.name, effectsOf(pages.get(key)!, one)]);
      const expected = started.map(({ one }) => [one.name, claimed(one, 'effects') ?? {}]);

      expect(found).toEqual(expected);
    });

    it('is kept out where its tests say so', async () => {
      const gates = keptOut.flatMap(({ one }) => claimed(one, 'gates') as readonly string[]);

      await eventually(`${gates.length} starts of ${definition} to be kept out`, async () => {
        const counts = await gatedBy(definition);
        return gates.every((gate) => (counts[gate] ?? 0) >= gates.filter((other) => other === gate).length);
      });
      for (const { key } of keptOut) expect(await bench.page(key, definition)).toBeUndefined();
    });
  },
);

describe('a large order that a person approved', () => {
  const kinds = ['agent', 'decision', 'task', 'command', 'wait', 'gate', 'saga'];
  const page = () =>
    pages.get(
      plays
        .flatMap(({ cases }) => cases)
        .find(({ one }) => one.name === 'what is large is approved by a person')!.key,
    )!;

  it('says of each block what kind it is', () => {
    const { steps, timeline } = page();

    expect(Object.values(steps).map(({ kind }) => kind)).toEqual(kinds);
    expect([...new Set(timeline.flatMap(({ blockKind = [] }) => blockKind))]).toEqual(kinds);
  });

  it('says so on its page, too', async () => {
    const { out } = await skaldCommand(bench.api.url, { by: 'ada' }, 'show', page().id);
    const [, told = '', came = ''] = /^What happened\n(.*?)\n\nWhat came of it\n(.*)/ms.exec(out) ?? [];

    for (const kind of kinds) {
      expect(told).toMatch(new RegExp(`  ${kind} +\\w`, 'u'));
      expect(came).toMatch(new RegExp(`^  \\S+ +${kind} +succeeded`, 'mu'));
    }
  });
});

function caughtIn({ timeline }: CaseReport): readonly string[] {
  return timeline
    .filter(({ kind, text }) => kind === 'path' && !text.endsWith('(nobody catches it)'))
    .map(({ text }) => text);
}

/** How often the commands took effect of which a case claims something. */
function effectsOf({ id }: SagaPage, one: TestCase): Readonly<Record<string, number>> {
  const deeds = bench.participants.deeds.filter(({ saga }) => saga === id);
  const claims = Object.keys((claimed(one, 'effects') ?? {}) as object);
  return Object.fromEntries(
    claims.map((call) => [call, deeds.filter(({ command }) => command === call).length]),
  );
}

async function gatedBy(definition: string): Promise<Readonly<Record<string, number>>> {
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
