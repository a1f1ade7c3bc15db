import type { CaseReport, TestReport } from '#libs/saga';

/** What came of tests as JUnit XML, which continuous integration reads. Coverage that is asked for is a case of its own. */
export function junitText(reports: readonly TestReport[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...reports.map(suiteText),
    '</testsuites>',
  ].join('\n');
}

function suiteText(report: TestReport): string {
  const { file, definition, version, cases, coverage } = report;
  const failures = cases.filter(({ isPassed }) => !isPassed).length + (coverage.isEnough ? 0 : 1);
  const count = cases.length + (coverage.required === undefined ? 0 : 1);
  const name = `${definition} version ${version}`;
  return [
    `  <testsuite name="${escaped(name)}" file="${escaped(file)}" tests="${count}" failures="${failures}">`,
    ...cases.map((one) => caseText(one, name)),
    ...coverageText(report, name),
    '  </testsuite>',
  ].join('\n');
}

function caseText(one: CaseReport, suite: string): string {
  const head = `    <testcase name="${escaped(one.name)}" classname="${escaped(suite)}"`;
  if (one.isPassed) return `${head}/>`;
  const message = one.mismatches
    .map(
      ({ key, expected, actual }) =>
        `${key}: expected ${JSON.stringify(expected)}, actual ${JSON.stringify(actual)}`,
    )
    .join('; ');
  const story = one.timeline.map(({ at, text }) => `${new Date(at).toISOString()} ${text}`).join('\n');
  return `${head}><failure message="${escaped(message)}">${escaped(story)}</failure></testcase>`;
}

function coverageText({ coverage }: TestReport, suite: string): readonly string[] {
  if (coverage.required === undefined) return [];
  const head = `    <testcase name="covers its exception paths" classname="${escaped(suite)}"`;
  if (coverage.isEnough) return [`${head}/>`];
  return [
    `${head}><failure message="${escaped(`never taken: ${coverage.missing.join(', ')}`)}"/></testcase>`,
  ];
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
