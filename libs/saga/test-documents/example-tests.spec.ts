import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';
import { exampleFiles, exampleSources } from './example-sagas.fixture.js';

const { programs, tests } = compileDefinitions(exampleSources, exampleFiles);
const reports = tests.map((suite) => runTests(suite));

describe('the tests of the examples', () => {
  it.each(reports.map((report) => [report.file, report] as const))('%s pass', (_file, { cases }) => {
    const failed = cases.filter(({ isPassed }) => !isPassed);

    expect(
      failed.map(({ name, mismatches, waitsFor, timeline }) => ({
        name,
        mismatches,
        waitsFor,
        timeline: timeline.map(({ text }) => text),
      })),
    ).toEqual([]);
  });

  it('take every exception path of every saga', () => {
    expect(reports.flatMap(({ coverage }) => coverage.missing)).toEqual([]);
    expect(reports.map(({ definition }) => definition).toSorted()).toEqual(
      programs.map(({ definition }) => definition).toSorted(),
    );
  });

  it('take each of the 27 exception paths of a return', () => {
    const { coverage } = reports.find(({ definition }) => definition === 'return')!;

    expect([coverage.taken.length, coverage.missing]).toEqual([27, []]);
  });
});
