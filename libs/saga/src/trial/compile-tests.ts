import type { Contracts } from '../compiler/contracts.js';
import { at, entriesOf, isMap, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { durationMs } from '../expression/duration.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Json } from '../json.js';
import type { Program } from '../program.js';
import { checkClaims } from './check-claims.js';
import { exceptionPaths } from './exception-paths.js';
import type { Script } from './move.js';
import { outsideOf } from './outside.js';
import { readScript, type ScriptContext } from './read-script.js';
import type { Claim, Part, SourcePlace, Start, TestCase, TestSuite } from './test-suite.js';

const BEGINNING = Date.UTC(2026, 0, 5, 9);

/** What tests are checked against. */
export interface TestedDefinitions {
  readonly programs: readonly Program[];
  /** Sagas that were written, whether they compile or not. */
  readonly written: readonly SourceDocument[];
  readonly contracts: Contracts;
  readonly log: ProblemLog;
}

/** Reads a document of tests and checks every name in it; `undefined` when its saga is not there, or a name is not. */
export function compileTests(document: SourceDocument, tested: TestedDefinitions): TestSuite | undefined {
  const { contracts, log } = tested;
  const before = log.errors;
  const tests = rootOf(document);
  const program = programOf(tests, tested);
  if (program === undefined) return undefined;
  const context: ScriptContext = { outside: outsideOf(program), contracts, log };
  const paths = exceptionPaths(program, contracts);
  const suite: TestSuite = {
    file: document.file,
    program,
    contracts,
    paths,
    ...requiredShare(at(tests, 'coverage')),
    cases: casesOf(tests, context, paths),
  };
  return log.errors === before ? suite : undefined;
}

function casesOf(tests: Cursor, context: ScriptContext, paths: readonly string[]): readonly TestCase[] {
  const given = at(tests, 'given');
  const shared = readScript(given && at(given, 'when'), context);
  const cases = itemsOf(at(tests, 'cases'));
  const names = namesOf(cases, context.log);
  return cases.map((one): TestCase => {
    checkClaims(at(one, 'then')!, { ...context, paths, names });
    return caseOf(one, partOf(one, given, [readScript(at(one, 'when'), context), shared], context));
  });
}

function requiredShare(coverage: Cursor | undefined): Pick<TestSuite, 'requiredShare'> {
  const share = coverage && textAt(coverage, 'paths');
  return share === undefined ? {} : { requiredShare: Number.parseFloat(share) / 100 };
}

function caseOf(one: Cursor, part: Part): TestCase {
  const when = at(one, 'when');
  return {
    name: String(at(one, 'test')!.value),
    place: placeOf(at(one, 'test')!),
    part,
    crashes: when !== undefined && at(when, 'crash') !== undefined,
    claims: entriesOf(at(one, 'then')).map(([key, claim]) => claimOf(key, claim)),
  };
}

function claimOf(key: string, claim: Cursor): Claim {
  const common = { key, expected: claim.value, place: placeOf(claim) };
  if (!isMap(claim.value)) return common;
  const parts = entriesOf(claim).map(([name, part]) => [name, placeOf(part)] as const);
  return { ...common, parts: Object.fromEntries(parts) };
}

function programOf(tests: Cursor, { programs, written, log }: TestedDefinitions): Program | undefined {
  const name = textAt(tests, 'tests')!;
  const version = Number(at(tests, 'version')!.value);
  const found = programs.find((program) => program.definition === name && program.version === version);
  if (found !== undefined) return found;
  const versions = written
    .filter(({ data }) => data['saga'] === name)
    .map(({ data }) => Number(data['version']));
  // A saga that is there and has mistakes of its own is complained about already.
  if (versions.includes(version)) return undefined;
  if (versions.length > 0)
    log.error(
      at(tests, 'version')!,
      `There is no version ${version} of saga "${name}" here; there is ${versions.join(', ')}.`,
    );
  else
    log.error(
      at(tests, 'tests')!,
      `There is no saga "${name}" here.${suggestion(
        name,
        written.map(({ data }) => String(data['saga'])),
      )}`,
    );
  return undefined;
}

function partOf(
  one: Cursor,
  given: Cursor | undefined,
  scripts: readonly Script[],
  context: ScriptContext,
): Part {
  const own = at(one, 'given');
  const starts = [given, own]
    .flatMap((cursor) => (cursor === undefined ? [] : [at(cursor, 'start')]))
    .filter((start) => start !== undefined);
  const toggles = [given, own].flatMap((cursor) =>
    cursor === undefined ? [] : entriesOf(at(cursor, 'toggles')),
  );
  for (const [name, toggle] of toggles)
    if (!context.outside.toggles.includes(name))
      context.log.errorAtKey(
        toggle,
        `The saga has no toggle "${name}".${suggestion(name, context.outside.toggles)}`,
      );
  return {
    start: startOf(starts),
    at: instantOf(starts, context.log),
    toggles: Object.fromEntries(toggles.map(([name, { value }]) => [name, value === true])),
    scripts,
    ...linkedOf(starts),
    ...outageOf([at(one, 'when'), given && at(given, 'when')]),
  };
}

function linkedOf(starts: readonly Cursor[]): Pick<Part, 'linked'> {
  const given = starts.map((start) => at(start, 'linked')?.value).filter(isMap);
  return given.length === 0 ? {} : { linked: Object.assign({}, ...given) as Json };
}

/** Of the case, or of all. */
function outageOf(whens: readonly (Cursor | undefined)[]): Pick<Part, 'outage'> {
  const outage = whens.map((when) => when && at(when, 'outage')).find((cursor) => cursor !== undefined);
  if (outage === undefined) return {};
  const lasts = (key: string): number => durationMs(textAt(outage, key) ?? '0s') ?? 0;
  return { outage: { afterMs: lasts('after'), forMs: lasts('for') } };
}

/** Fields that a case gives replace those given for all. */
function startOf(starts: readonly Cursor[]): Start {
  const event = starts.map((start) => textAt(start, 'event')).findLast((text) => text !== undefined);
  const from = starts.map((start) => textAt(start, 'from')).findLast((text) => text !== undefined);
  const fields = (key: string): Json =>
    Object.assign({}, ...starts.map((start) => at(start, key)?.value).filter(isMap));
  return event === undefined
    ? { kind: 'input', input: fields('input') }
    : { kind: 'event', event, data: fields('data'), ...(from !== undefined && { from }) };
}

function instantOf(starts: readonly Cursor[], log: ProblemLog): number {
  const written = starts.map((start) => at(start, 'at')).findLast((cursor) => cursor !== undefined);
  if (written === undefined) return BEGINNING;
  const instant = Date.parse(String(written.value));
  if (Number.isNaN(instant)) log.error(written, 'Expected an instant such as 2026-01-05T09:00:00Z.');
  return Number.isNaN(instant) ? BEGINNING : instant;
}

function namesOf(cases: readonly Cursor[], log: ProblemLog): readonly string[] {
  const names: string[] = [];
  for (const one of cases) {
    const name = at(one, 'test')!;
    if (names.includes(String(name.value)))
      log.error(name, `There is another test "${String(name.value)}". Give one of them another name.`);
    names.push(String(name.value));
  }
  return names;
}

function placeOf({ document, path }: Cursor): SourcePlace {
  return { file: document.file, ...document.locate(path, { part: 'value', offset: 0 }) };
}
