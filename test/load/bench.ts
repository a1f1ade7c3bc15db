import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { MissingToolError } from '../../deploy/local/src/index.js';
import { BenchUsageError, benchOptions, USAGE, type BenchOptions } from './bench-options.js';
import { benchRun } from './bench-run.js';
import { startBenchStack } from './bench-system.js';
import { chainReport, chainRun } from './chain-run.js';
import { comparisonReport } from './compare-sides.js';
import { compareReplicas } from './compare-replicas.js';
import { compareTraces } from './compare-traces.js';
import { compareVersions } from './compare-versions.js';
import { profileFolder } from './coordinators.js';
import { newestProfile, profileReport, summarizeProfile } from './cpu-profile.js';
import { svgPlot } from './plot-svg.js';
import { terminalPlot } from './plot-terminal.js';
import { reportOf } from './report.js';

const outputFolder = path.resolve('.skald', 'bench');
const usageFault = 64;
const chainRate = 50;

/** Runs the bench and answers the exit code: 1 when an order was lost or ended wrongly. */
async function main(argv: readonly string[]): Promise<number> {
  const options = benchOptions(argv);
  if (options === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  mkdirSync(outputFolder, { recursive: true });
  if (options.before !== undefined || options.compare !== undefined) return compare(options);
  if (options.chain) return chain(options);
  if (options.profile) rmSync(path.resolve(profileFolder), { recursive: true, force: true });
  const stack = await startBenchStack(say);
  stopOnSignals(() => stack.stop());
  try {
    return await measure(stack, options);
  } finally {
    await stack.stop();
  }
}

async function measure(stack: Parameters<typeof benchRun>[0], options: BenchOptions): Promise<number> {
  const result = await benchRun(stack, options, say);
  const { figures } = result;
  const picture = path.join(outputFolder, 'bench.svg');
  writeFileSync(picture, svgPlot(result));
  process.stdout.write(`${terminalPlot(result)}${reportOf(figures)}\nplot: ${picture}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
  if (options.profile)
    process.stdout.write(`\n${profileReport(summarizeProfile(newestProfile(profileFolder)))}`);
  return figures.lost > 0 || figures.wrong > 0 ? 1 : 0;
}

/** Beside an older version, with and without traces, with more coordinators: each side measures itself, so nothing is started here. */
async function compare({ before, compare: what, plan, json }: BenchOptions): Promise<number> {
  const { queued, saturatedRuns: runs } = plan;
  const sides = what === 'replicas' ? compareReplicas : compareTraces;
  const figures =
    before === undefined
      ? await sides({ queued, runs }, say)
      : await compareVersions(before, { queued, runs }, say);
  process.stdout.write(comparisonReport(figures));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, undefined, 2)}\n`);
  return 0;
}

/** One stage after another, on a stack of its own. */
async function chain({ plan, json }: BenchOptions): Promise<number> {
  const run = await chainRun({ perSecond: chainRate, seconds: plan.secondsPerRate }, say);
  process.stdout.write(chainReport(run));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(run, undefined, 2)}\n`);
  return run.times.inOrder === run.sagas ? 0 : 1;
}

/** The services end with the stack. */
function stopOnSignals(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof BenchUsageError;
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${isUsage ? `\n${USAGE}` : ''}`,
  );
  process.exitCode = isUsage ? usageFault : error instanceof MissingToolError ? 2 : 1;
}
