import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { spreadOf } from './figures.js';

/** One of what is compared. */
export interface Side {
  readonly name: string;
  /** The checkout whose bench measures it. Default: this one. */
  readonly folder?: string;
  /** Options of its bench. */
  readonly options?: readonly string[];
}

/** What every side is asked to do. */
export interface ComparePlan {
  /** The others are held against the first one. */
  readonly sides: readonly Side[];
  readonly queued: number;
  /** Runs of each side. */
  readonly runs: number;
}

/** One figure of all sides. */
export interface Compared {
  readonly what: string;
  readonly sides: readonly {
    readonly name: string;
    /** One a run. */
    readonly values: readonly number[];
    /** The median over that of the first side. */
    readonly ratio: number;
  }[];
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
 * Measures the order saga on every side, each with a broker and a database of its own, by turns and in another order
 * each time: what else happens on the machine meanwhile meets all.
 */
export async function compareSides(
  { sides, queued, runs }: ComparePlan,
  say: (line: string) => void,
): Promise<readonly Compared[]> {
  const figures = new Map<Side, RunFigures[]>(sides.map((side) => [side, []]));
  for (let turn = 0; turn < runs; turn += 1) {
    for (const side of turn % 2 === 0 ? sides : sides.toReversed()) {
      say(`${side.name}, run ${turn + 1} of ${runs}: ${queued} sagas`);
      figures.get(side)!.push(await measured(side, queued));
    }
  }
  return compared.flatMap(([what, of]) => comparison(what, sides, (side) => figures.get(side)!.map(of)));
}

/** The comparison as a person reads it. */
export function comparisonReport(figures: readonly Compared[]): string {
  const lines = figures.map(({ what, sides: [first, ...others] }) => {
    const rest = others.map(({ name, values, ratio }) => `${name} ${values.join(', ')}, ratio ${ratio}`);
    return `${what.padEnd(42)} ${first?.name} ${first?.values.join(', ')}; ${rest.join('; ')}`;
  });
  return `\n${lines.join('\n')}\n`;
}

/** A figure that one of the sides does not have is left out. */
function comparison(
  what: string,
  sides: readonly Side[],
  valuesOf: (side: Side) => readonly (number | null | undefined)[],
): readonly Compared[] {
  const found = sides.map((side) => valuesOf(side).filter(isNumber));
  if (found.some((values, index) => values.length < valuesOf(sides[index]!).length)) return [];
  const first = spreadOf(found[0]!).median;
  const ratio = (values: readonly number[]): number =>
    Math.round((1_000 * spreadOf(values).median) / first) / 1_000;
  return [
    {
      what,
      sides: found.map((values, index) => ({ name: sides[index]!.name, values, ratio: ratio(values) })),
    },
  ];
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && value > 0;
}

async function measured({ folder = process.cwd(), options = [] }: Side, queued: number): Promise<RunFigures> {
  const file = path.join(folder, '.skald', 'compared.json');
  rmSync(file, { force: true });
  const asked = ['--quick', '--only', 'saturated', '--runs', '1', '--queued', String(queued), ...options];
  await output(process.execPath, ['deploy/run/main.mjs', 'bench', ...asked, '--json', file], folder);
  return JSON.parse(readFileSync(file, 'utf8')) as RunFigures;
}

/** Runs a program and answers what it wrote. @throws Error with what it complained of. */
export function output(program: string, args: readonly string[], cwd = process.cwd()): Promise<string> {
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
