import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly isZombie: boolean;
  readonly startedAt: string;
}

/**
 * Names one life of a process id, so that a recycled id is not mistaken for the process that once
 * had it. Undefined when no such process runs; a zombie does not run.
 */
export function processIdentity(pid: number): string | undefined {
  const row = process.platform === 'linux' ? linuxRow(pid) : psRows(['-p', String(pid)])[0];
  return row === undefined || row.isZombie ? undefined : row.startedAt;
}

/** All living descendants of a process, parents before their children. */
export function descendantsOf(pid: number): readonly number[] {
  const rows = process.platform === 'linux' ? linuxRows() : psRows(['-A']);
  const found: number[] = [];
  let generation = [pid];
  while (generation.length > 0) {
    const parents = new Set(generation);
    generation = rows.filter((row) => parents.has(row.parent) && !row.isZombie).map((row) => row.pid);
    found.push(...generation);
  }
  return found;
}

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function linuxRows(): readonly ProcessRow[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map((pid) => linuxRow(Number(pid))).filter((row) => row !== undefined);
}

// Slim images have no ps, so Linux is read from /proc. The second field may hold spaces and brackets.
function linuxRow(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      parent: Number(fields[1]),
      isZombie: fields[0] === 'Z' || fields[0] === 'X',
      startedAt: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

function psRows(selection: readonly string[]): readonly ProcessRow[] {
  try {
    const table = execFileSync('ps', [...selection, '-o', 'pid=,ppid=,stat=,lstart='], { encoding: 'utf8' });
    return table
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(psRow);
  } catch {
    return [];
  }
}

function psRow(line: string): ProcessRow {
  const [pid, parent, stat, ...started] = line.trim().split(/\s+/);
  return {
    pid: Number(pid),
    parent: Number(parent),
    isZombie: stat?.startsWith('Z') ?? false,
    startedAt: started.join('-'),
  };
}
