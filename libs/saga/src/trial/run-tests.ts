import type { Json } from '../json.js';
import { judge, type Mismatch } from './judge.js';
import type { Play, PlayedEvent } from './play.js';
import { playPart } from './play-part.js';
import type { SourcePlace, TestCase, TestSuite } from './test-suite.js';

/** What came of a document of tests. */
export interface TestReport {
  readonly file: string;
  readonly definition: string;
  readonly version: number;
  /** Names of all cases, those that were not run too. */
  readonly names: readonly string[];
  readonly cases: readonly CaseReport[];
  readonly coverage: Coverage;
  readonly isPassed: boolean;
}

/** What came of one case. */
export interface CaseReport {
  readonly name: string;
  readonly place: SourcePlace;
  readonly isPassed: boolean;
  readonly mismatches: readonly Mismatch[];
  /** Exception paths it took. */
  readonly paths: readonly string[];
  /** What happened, in order. */
  readonly timeline: readonly PlayedEvent[];
  /** How many courses were played: more than one where crashes are tried. */
  readonly plays: number;
  /** Blocks that waited for something that did not come. */
  readonly waitsFor: readonly string[];
}

/** Which exception paths were taken. */
export interface Coverage {
  readonly taken: readonly string[];
  readonly missing: readonly string[];
  /** 0…1; absent where nothing is asked for. */
  readonly required?: number;
  readonly isEnough: boolean;
}

/**
 * Runs the cases of a suite one after the other: no broker, no database, a virtual clock.
 *
 * With `only`, cases whose name contains that text; coverage is shown then and not asked for.
 */
export function runTests(suite: TestSuite, { only }: { readonly only?: string } = {}): TestReport {
  const wanted = suite.cases.filter(
    ({ name }) => only === undefined || name.toLowerCase().includes(only.toLowerCase()),
  );
  const plays = new Map<string, Play>();
  const playOf = (one: TestCase): Play => {
    const known = plays.get(one.name) ?? playPart({ ...suite, part: one.part });
    plays.set(one.name, known);
    return known;
  };
  const cases = wanted.map((one) => reportOf(one, suite, playOf));
  const coverage = coverageOf(suite, cases, only !== undefined);
  const { definition, version } = suite.program;
  return {
    file: suite.file,
    definition,
    version,
    names: suite.cases.map(({ name }) => name),
    cases,
    coverage,
    isPassed: coverage.isEnough && cases.every(({ isPassed }) => isPassed),
  };
}

function reportOf(one: TestCase, suite: TestSuite, playOf: (one: TestCase) => Play): CaseReport {
  const play = playOf(one);
  const plain = [...judge(play, one.claims), ...comparison(one, play, suite, playOf)];
  const crashed = one.crashes && plain.length === 0 ? crashedPlay(one, play, suite) : undefined;
  const mismatches = crashed === undefined ? plain : [crashed.mismatch];
  return {
    name: one.name,
    place: one.place,
    isPassed: mismatches.length === 0,
    mismatches,
    paths: play.paths,
    timeline: (crashed?.play ?? play).timeline,
    plays: one.crashes ? play.inputs + 1 : 1,
    waitsFor: play.waitsFor,
  };
}

/** What `sameAs` claims. */
function comparison(
  one: TestCase,
  play: Play,
  suite: TestSuite,
  playOf: (one: TestCase) => Play,
): readonly Mismatch[] {
  const claim = one.claims.find(({ key }) => key === 'sameAs');
  const other = suite.cases.find(({ name }) => name === claim?.expected);
  if (claim === undefined || other === undefined) return [];
  const [expected, actual] = differences(comparable(playOf(other)), comparable(play));
  return expected === undefined ? [] : [{ key: 'sameAs', place: claim.place, expected, actual: actual! }];
}

/** The first crash that changes what becomes of the saga. */
function crashedPlay(
  one: TestCase,
  play: Play,
  suite: TestSuite,
): { readonly play: Play; readonly mismatch: Mismatch } | undefined {
  for (let crashAt = 0; crashAt < play.inputs; crashAt++) {
    const crashed = playPart({ ...suite, part: one.part, crashAt });
    const [expected, actual] = differences(comparable(play), comparable(crashed));
    if (expected !== undefined)
      return {
        play: crashed,
        mismatch: {
          key: `after a crash at input ${crashAt + 1}`,
          place: one.place,
          expected,
          actual: actual!,
        },
      };
  }
  return undefined;
}

/** What two courses of the same saga have to agree in; how often messages were repeated is no part of it. */
function comparable(play: Play): Readonly<Record<string, Json>> {
  const {
    outcome,
    result = null,
    failure = null,
    undone,
    effects,
    paths,
    told,
    steps,
    tasks,
    incidents,
  } = play;
  const outputs = Object.fromEntries(Object.entries(steps).map(([block, { output }]) => [block, output]));
  return {
    outcome,
    result,
    failure,
    undone,
    effects,
    paths,
    told: told.map(({ event, data }) => ({ event, data })),
    outputs,
    tasks,
    incidents: incidents.map(({ block, code }) => ({ block, code })),
  };
}

function differences(
  expected: Readonly<Record<string, Json>>,
  actual: Readonly<Record<string, Json>>,
): readonly [] | readonly [Json, Json] {
  const keys = Object.keys(expected).filter(
    (key) => JSON.stringify(expected[key]) !== JSON.stringify(actual[key]),
  );
  if (keys.length === 0) return [];
  const part = (of: Readonly<Record<string, Json>>) => Object.fromEntries(keys.map((key) => [key, of[key]!]));
  return [part(expected), part(actual)];
}

function coverageOf(
  { paths, requiredShare }: TestSuite,
  cases: readonly CaseReport[],
  isPart: boolean,
): Coverage {
  const seen = new Set(cases.flatMap((one) => one.paths));
  const taken = paths.filter((path) => seen.has(path));
  const missing = paths.filter((path) => !seen.has(path));
  const share = paths.length === 0 ? 1 : taken.length / paths.length;
  return {
    taken,
    missing,
    ...(requiredShare === undefined ? {} : { required: requiredShare }),
    isEnough: isPart || requiredShare === undefined || share >= requiredShare,
  };
}
