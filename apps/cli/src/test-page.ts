import { durationText, type CaseReport, type Mismatch, type TestReport } from '#libs/saga';
import { indented, shortened } from './page-text.js';
import { table } from './table.js';

const longestValue = 120;

const marks: Readonly<Record<CaseReport['timeline'][number]['kind'], string>> = {
  started: '',
  sent: '->',
  answered: '<-',
  heard: '<-',
  told: '=>',
  path: '!',
  noted: '',
  incident: '!!',
  finished: '',
  crashed: '**',
  stopped: '',
};

/**
 * What came of tests, as people read it: a line a case, and for a failing one what was expected and what happened.
 * `tookMs` is how long playing them took.
 */
export function testPage(reports: readonly TestReport[], tookMs: number): string {
  return [...reports.map(suitePage), totals(reports, tookMs)].join('\n\n');
}

function suitePage(report: TestReport): string {
  return [
    `${report.file}: ${report.definition} version ${report.version}`,
    ...report.cases.map(caseLines),
    `  ${coverageLine(report)}`,
  ].join('\n');
}

function caseLines(one: CaseReport): string {
  const plays = one.plays > 1 ? ` (${one.plays} courses)` : '';
  if (one.isPassed) return `  ok    ${one.name}${plays}`;
  return [
    `  FAIL  ${one.name}`,
    ...one.mismatches.flatMap(mismatchLines),
    ...waitingLines(one),
    indented(timelineOf(one), 8),
  ].join('\n');
}

function mismatchLines({ key, expected, actual, place }: Mismatch): readonly string[] {
  const where = place.line === undefined ? place.file : `${place.file}:${place.line}:${place.column}`;
  return [
    `        ${where}: ${key}`,
    `          expected ${howExpected(key)}${shortened(expected, longestValue)}`,
    `          actual   ${shortened(actual, longestValue)}`,
  ];
}

/** Lists are claimed in different ways. */
function howExpected(key: string): string {
  switch (key) {
    case 'never':
      return 'none of ';
    case 'sent':
    case 'told':
    case 'undone':
      return 'in this order ';
    default:
      return '';
  }
}

function waitingLines({ waitsFor }: CaseReport): readonly string[] {
  return waitsFor.length === 0
    ? []
    : [`        in the end it waits for ${waitsFor.join(', ')}; say what happens there`];
}

function timelineOf({ timeline }: CaseReport): string {
  const from = timeline[0]?.at ?? 0;
  const rows = timeline.map(({ at, kind, text, data }) => [
    `+${durationText(at - from)}`,
    marks[kind],
    data === undefined ? text : `${text} ${shortened(data, longestValue)}`,
  ]);
  return table(['after', '', 'what happened'], rows);
}

function coverageLine({ coverage }: TestReport): string {
  const { taken, missing, required, isEnough } = coverage;
  const count = `paths ${taken.length}/${taken.length + missing.length}`;
  const wanted =
    required === undefined || isEnough ? '' : `, and ${Math.round(required * 100)}% are asked for`;
  return missing.length === 0 ? count : `${count}${wanted}; never taken: ${missing.join(', ')}`;
}

function totals(reports: readonly TestReport[], tookMs: number): string {
  const cases = reports.flatMap((report) => report.cases);
  const failed = cases.filter(({ isPassed }) => !isPassed).length;
  const thin = reports.filter(({ coverage }) => !coverage.isEnough).length;
  const uncovered = thin === 0 ? '' : `, ${thin} not covered enough`;
  return `${cases.length - failed} passed, ${failed} failed${uncovered}${speed(cases, tookMs)}`;
}

/** Where crashes are tried a case is played many times. */
function speed(cases: readonly CaseReport[], tookMs: number): string {
  if (tookMs <= 0) return '';
  const plays = cases.reduce((sum, one) => sum + one.plays, 0);
  const perSecond = Math.round((cases.length * 1_000) / tookMs);
  return `; ${plays} courses in ${(tookMs / 1_000).toFixed(2)} s, ${perSecond} cases a second`;
}
