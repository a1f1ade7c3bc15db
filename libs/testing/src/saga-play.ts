import {
  builtDocument,
  compileDefinitions,
  durationText,
  formatProblem,
  runTests,
  type CaseReport,
  type DefinitionSource,
  type Json,
  type JsonObject,
} from '#libs/saga';

/** What the outside does, by block, command, event or toggle: the words of `when` in a tests document. */
export type Happenings = Readonly<Record<string, Json>>;

/** What has to come of it: the words of `then` in a tests document. */
export interface Claims {
  readonly outcome?: 'completed' | 'compensated' | 'cancelled' | 'running' | 'compensating' | 'not-started';
  readonly result?: string;
  readonly failure?: string;
  readonly after?: string;
  readonly at?: Readonly<Record<string, string | readonly string[]>>;
  readonly sent?: readonly string[];
  readonly never?: readonly string[];
  readonly undone?: readonly string[];
  readonly told?: readonly string[];
  readonly paths?: readonly string[];
  readonly data?: Readonly<Record<string, Json>>;
  readonly effects?: Readonly<Record<string, number>>;
  readonly outputs?: Readonly<Record<string, Json>>;
  readonly known?: Json;
  readonly hearsay?: Readonly<Record<string, readonly string[]>>;
  readonly tasks?: Readonly<Record<string, JsonObject>>;
  readonly waits?: Readonly<Record<string, JsonObject>>;
  readonly missing?: Readonly<Record<string, readonly string[]>>;
  readonly incident?: string;
}

/** A saga that is played to its end while the outside does what was said. */
export interface SagaPlay {
  /** @throws Error with what happened, line by line, when a claim does not hold. */
  comesTo(claims: Claims): void;
}

/** What is played. */
export interface Played {
  readonly sources: readonly DefinitionSource[];
  readonly files: Readonly<Record<string, string>>;
  readonly definition: string;
  readonly version: number;
  readonly input: Json;
  readonly toggles: Readonly<Record<string, boolean>>;
}

/** Plays a saga by the runner of tests documents. */
export function playOf(played: Played, when: Happenings): SagaPlay {
  return {
    comesTo(claims) {
      const report = reportOf(played, when, claims);
      if (!report.isPassed) throw new Error(storyOf(report));
    },
  };
}

function reportOf(played: Played, when: Happenings, claims: Claims): CaseReport {
  const { sources, files, definition: tests, version, input, toggles } = played;
  const given = { start: { input }, toggles };
  const cases: Json = [{ test: 'the saga', when, then: claims as JsonObject }];
  const document = builtDocument('the test', { tests, version, given, cases });
  const compiled = compileDefinitions([...sources, document], files);
  const errors = compiled.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(formatProblem).join('\n'));
  return runTests(compiled.tests[0]!).cases[0]!;
}

function storyOf({ mismatches, timeline, waitsFor }: CaseReport): string {
  const from = timeline[0]?.at ?? 0;
  return [
    ...mismatches.map(
      ({ key, expected, actual }) =>
        `${key}: expected ${JSON.stringify(expected)}, actual ${JSON.stringify(actual)}`,
    ),
    ...(waitsFor.length === 0 ? [] : [`in the end it waits for ${waitsFor.join(', ')}`]),
    'what happened:',
    ...timeline.map(({ at, kind, text }) => `  +${durationText(at - from)} ${kind} ${text}`),
  ].join('\n');
}
