import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { spreadOf } from './figures.js';

/** What both versions are asked to do. */
export interface ComparePlan {
  /** Anything that Git knows a version by. */
  readonly before: string;
  readonly queued: number;
  /** Runs of each version. */
  readonly runs: number;
}

/** One figure of both versions. */
export interface Compared {
  readonly what: string;
  readonly before: readonly number[];
  readonly now: readonly number[];
  /** The median now over the median before. */
  readonly ratio: number;
}

/** What is read of a run, as `--json` writes it; an older version may not have all of it. */
interface RunFigures {
  readonly sagasPerSecond?: { readonly median: number } | null;
  readonly cpuSecondsPer1000?: Readonly<Record<string, number>> | null;
  readonly bytesPerSaga?: { readonly postgres: number; readonly kafka: number | null } | null;
}

const compared: readonly (readonly [string, (run: RunFigures) => number | null | undefined])[] = [
  ['sagas/s', (run) => run.sagasPerSecond?.median],
  ['CPU seconds per 1,000 sagas, coordinator', (run) => run.cpuSecondsPer1000?.['coordinator']],
  ['CPU seconds per 1,000 sagas, all', (run) => run.cpuSecondsPer1000?.['total']],
  ['bytes a saga in Postgres', (run) => run.bytesPerSaga?.postgres],
  ['bytes a saga in Kafka', (run) => run.bytesPerSaga?.kafka],
];

/**
 * Measures the order saga of an older version and of this one, each by its own bench with a broker and a database of
 * its own, by turns: what else happens on the machine meanwhile meets both.
 */
export async function compareVersions(
  { before, queued, runs }: ComparePlan,
  say: (line: string) => void,
): Promise<readonly Compared[]> {
  const version = (await output('git', ['rev-parse', '--short', `${before}^{commit}`])).trim();
  const folder = await checkOut(version, say);
  const figures: { before: RunFigures[]; now: RunFigures[] } = { before: [], now: [] };
  try {
    for (let turn = 0; turn < runs; turn += 1) {
      const order = turn % 2 === 0 ? (['before', 'now'] as const) : (['now', 'before'] as const);
      for (const which of order) {
        say(`${which === 'before' ? version : 'this version'}, run ${turn + 1} of ${runs}: ${queued} sagas`);
        figures[which].push(await measured(which === 'before' ? folder : process.cwd(), queued));
      }
    }
  } finally {
    await output('git', ['worktree', 'remove', '--force', folder]);
  }
  return compared.flatMap(([what, of]) => comparison(what, figures.before.map(of), figures.now.map(of)));
}

/** The comparison as a person reads it. */
export function comparisonReport(before: string, figures: readonly Compared[]): string {
  const lines = figures.map(
    ({ what, before: old, now, ratio }) =>
      `${what.padEnd(42)} before ${old.join(', ')}; now ${now.join(', ')}; ratio ${ratio}`,
  );
  return `\nthis version beside ${before}\n${lines.join('\n')}\n`;
}

/** A figure that one of the versions does not have is left out. */
function comparison(
  what: string,
  before: readonly (number | null | undefined)[],
  now: readonly (number | null | undefined)[],
): readonly Compared[] {
  const [old, present] = [before.filter(isNumber), now.filter(isNumber)];
  if (old.length < before.length || present.length < now.length) return [];
  const ratio = Math.round((1_000 * spreadOf(present).median) / spreadOf(old).median) / 1_000;
  return [{ what, before: old, now: present, ratio }];
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && value > 0;
}

/** The older version in a folder of its own; it installs and builds itself when its bench is first run. */
async function checkOut(version: string, say: (line: string) => void): Promise<string> {
  const folder = path.resolve('.skald', 'before', version);
  if (existsSync(folder)) await output('git', ['worktree', 'remove', '--force', folder]);
  say(`checking out ${version}`);
  await output('git', ['worktree', 'add', '--detach', folder, version]);
  const lock = (at: string): string => readFileSync(path.join(at, 'package-lock.json'), 'utf8');
  if (lock(folder) === lock('.'))
    symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

async function measured(folder: string, queued: number): Promise<RunFigures> {
  const file = path.join(folder, '.skald', 'compared.json');
  rmSync(file, { force: true });
  const options = ['--quick', '--only', 'saturated', '--runs', '1', '--queued', String(queued)];
  await output(process.execPath, ['deploy/run/main.mjs', 'bench', ...options, '--json', file], folder);
  return JSON.parse(readFileSync(file, 'utf8')) as RunFigures;
}

/** Runs a program and answers what it wrote. @throws Error with what it complained of. */
function output(program: string, args: readonly string[], cwd = process.cwd()): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const [said, complained]: [string[], string[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => complained.push(chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said.join(''));
      else
        reject(
          new Error(
            `${program} ${args.join(' ')} in ${cwd} ended with ${code}: ${complained.join('').slice(-2_000)}`,
          ),
        );
    });
  });
}
