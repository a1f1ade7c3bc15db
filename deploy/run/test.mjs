import process from 'node:process';
import { jest, countedJest } from './jest.mjs';
import { node, run } from './process.mjs';

const CHECKS = [
  ['lint', ['lint']],
  ['format', ['format', '--', '--check']],
  ['typecheck', ['typecheck']],
];

const KINDS = ['unit', 'integration', 'e2e', 'e2e-alone', 'fault'];

/** Everything a change must pass. Goes on after a failure, so that one run tells all; answers the exit code. */
export async function testEverything() {
  const failed = [];
  let passed = 0;
  for (const [name, script] of CHECKS) {
    heading(name);
    if ((await run('npm', ['run', '--silent', ...script])) === 0) passed += 1;
    else failed.push(name);
  }
  heading('tools');
  if ((await buildTools()) === 0) passed += 1;
  else failed.push('tools');
  for (const kind of KINDS) {
    heading(`${kind} tests`);
    const verdict = await countedJest(kind, kind === 'fault' ? { SKALD_FAULTS: 'once' } : {});
    passed += verdict.passed;
    failed.push(...verdict.failed);
  }
  conclude(passed, failed);
  return failed.length === 0 ? 0 : 1;
}

/** Runs the tests of one kind with whatever Jest understands as arguments. */
export function testKind(kind, args) {
  if (kind === 'e2e') return testEndToEnd(args);
  return jest([kind], args, kind === 'fault' ? { SKALD_FAULTS: process.env.SKALD_FAULTS ?? 'all' } : {});
}

/** Files that are chosen run one at a time, whichever they are; all of them as in `npm test`. */
async function testEndToEnd(args) {
  if (args.length > 0) return jest(['e2e', 'e2e-alone'], args);
  const built = await buildTools();
  return built || Math.max(await jest(['e2e']), await jest(['e2e-alone']));
}

function buildTools() {
  return node('dist/test/harness/build-tools.main.js');
}

function heading(text) {
  process.stdout.write(`\n=== ${text}\n`);
}

function conclude(passed, failed) {
  heading('result');
  for (const name of failed) process.stdout.write(`failed: ${name}\n`);
  process.stdout.write(`${passed} passed, ${failed.length} failed\n`);
}
