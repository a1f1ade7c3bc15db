import { readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { node, repository } from './process.mjs';

/** Loads, and looks at what comes within seconds: two such files side by side would take the machine from each other. */
const ONE_AT_A_TIME = ['e2e-alone', 'fault'];

/**
 * Runs the tests of some kinds (unit, integration, e2e, e2e-alone, fault) and answers the exit code. What a test file
 * leaves running fails that file, so Jest need not wait for it as well.
 */
export function jest(kinds, args = [], env = {}) {
  const options = [
    process.env.NODE_OPTIONS,
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
  ];
  const workers = kinds.some((kind) => ONE_AT_A_TIME.includes(kind)) ? ['--runInBand'] : [];
  return node(
    'node_modules/jest/bin/jest.js',
    ['--selectProjects', ...kinds, '--forceExit', ...workers, ...args],
    {
      ...env,
      NODE_OPTIONS: options.filter(Boolean).join(' '),
    },
  );
}

/**
 * Runs the tests of one kind and answers how many passed and the names of what did not. A skipped test and a file
 * that could not be run count as failed.
 */
export async function countedJest(kind, env = {}) {
  const report = path.join(repository, '.skald', 'reports', `${kind}.json`);
  await mkdir(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const code = await jest([kind], ['--json', `--outputFile=${report}`], env);
  return verdictOf(kind, code, readReport(report));
}

function verdictOf(kind, code, report) {
  if (report === undefined) return { passed: 0, failed: [`${kind}: ended with ${code} and no report`] };
  const failed = report.testResults.flatMap(failuresOf);
  if (code !== 0 && failed.length === 0) failed.push(`${kind}: ended with ${code}`);
  return { passed: report.numPassedTests, failed };
}

function failuresOf(file) {
  const name = path.relative(repository, file.name);
  const tests = file.assertionResults
    .filter((test) => test.status !== 'passed')
    .map((test) => `${name}: ${test.fullName} (${test.status})`);
  return tests.length === 0 && file.status === 'failed'
    ? [`${name}: ${file.message.split('\n')[0] || 'could not be run'}`]
    : tests;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
