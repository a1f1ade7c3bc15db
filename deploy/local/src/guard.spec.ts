import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guardCommand, startGuard } from './guard.js';
import { processIdentity, sendSignal } from './process-table.js';
import { endLeftovers, livingProcesses, recordProcess, takeOwnership } from './run-folder.js';
import { waitUntil } from './wait-until.js';

let folder: string;
let sleeper: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-run-'));
  sleeper = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  recordProcess(folder, 'sleeper', pidOf(sleeper), 'SIGTERM');
});

afterEach(async () => {
  sleeper.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('a parent killed by SIGKILL', () => {
  it('takes what it wrote down with it', async () => {
    const [shell, ...args] = guardCommand(folder);
    const start = `require('node:child_process').spawn(${JSON.stringify(shell)}, ${JSON.stringify(args)}, { stdio: ['pipe', 'ignore', 'ignore'], detached: true }); console.log('up'); setInterval(() => {}, 1000)`;
    const parent = spawn(process.execPath, ['-e', start], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');

    await waitUntil({ what: 'end of the sleeper', timeoutMs: 30_000 }, () => !isAlive(sleeper));
  });
});

describe('a guard sent home', () => {
  it('ends nothing', async () => {
    const guard = startGuard(folder);
    guard.dismiss();
    await guard.release();

    expect(isAlive(sleeper)).toBe(true);
  });
});

describe('a frozen process left behind', () => {
  it('is ended by the next start', async () => {
    sendSignal(pidOf(sleeper), 'SIGSTOP');

    expect(await endLeftovers(folder)).toBe(1);
    expect(isAlive(sleeper)).toBe(false);
    expect(livingProcesses(folder)).toEqual([]);
  });
});

describe('a folder in use', () => {
  it('is refused to the next start', () => {
    takeOwnership(folder);

    expect(() => takeOwnership(folder)).toThrow(/in use by process/);
  });
});

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('not started');
  return child.pid;
}

function isAlive(child: ChildProcess): boolean {
  return processIdentity(pidOf(child)) !== undefined;
}
