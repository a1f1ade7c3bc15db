import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.js';
import { LocalStackError } from './local-stack-error.js';
import { processIdentity, sendSignal } from './process-table.js';
import { waitUntil } from './wait-until.js';

/** A process written down in a run folder. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly stopSignal: NodeJS.Signals;
  readonly identity: string;
}

const OWNER = 'owner';

/** A script in a run folder that ends what is no process, such as containers. */
export const ON_END = 'on-end.sh';

/** The folder in which a stack writes down its processes, one small file each. */
export function runFolderOf(dataFolder: string): string {
  return path.join(dataFolder, 'run');
}

/** Writes a process down, synchronously: between its birth and this line nothing could clean it up. */
export function recordProcess(
  runFolder: string,
  name: string,
  pid: number,
  stopSignal: NodeJS.Signals,
): void {
  writeFileSync(fileOf(runFolder, name), recordText(pid, stopSignal));
}

/** Forgets a process that has ended. */
export function forgetProcess(runFolder: string, name: string): void {
  rmSync(fileOf(runFolder, name), { force: true });
}

/** The processes of a run folder that are alive; files of dead or recycled ids are left out. */
export function livingProcesses(runFolder: string): readonly ProcessRecord[] {
  return namesIn(runFolder)
    .filter((name) => name !== OWNER)
    .map((name) => readRecord(runFolder, name))
    .filter((record) => record !== undefined);
}

/** The process that started the stack of this folder and still lives. */
export function livingOwner(runFolder: string): ProcessRecord | undefined {
  return readRecord(runFolder, OWNER);
}

/** Makes this process the owner. Throws `IN_USE` while another living process is. */
export function takeOwnership(runFolder: string): void {
  mkdirSync(runFolder, { recursive: true });
  const owner = livingOwner(runFolder);
  if (owner !== undefined) throw inUse(runFolder, owner.pid);
  forgetProcess(runFolder, OWNER);
  try {
    writeFileSync(fileOf(runFolder, OWNER), recordText(process.pid, 'SIGTERM'), { flag: 'wx' });
  } catch (cause) {
    throw new LocalStackError('IN_USE', `${runFolder} was taken by another start at the same moment`, {
      cause,
    });
  }
}

/** Gives the folder up, so that the next start may have it. */
export function releaseOwnership(runFolder: string): void {
  forgetProcess(runFolder, OWNER);
}

/** Ends what an owner that died left behind: asks first, then kills. */
export async function endLeftovers(runFolder: string): Promise<number> {
  const leftovers = livingProcesses(runFolder);
  for (const each of leftovers) {
    sendSignal(each.pid, each.stopSignal);
    sendSignal(each.pid, 'SIGCONT');
  }
  await gone(leftovers, 10_000).catch(() => undefined);
  for (const each of leftovers) if (isSame(each)) sendSignal(each.pid, 'SIGKILL');
  await gone(leftovers, 5_000);
  await runCommand('/bin/sh', ['-c', `[ ! -f "$1" ] || sh "$1"`, 'sh', path.join(runFolder, ON_END)], {
    timeoutMs: 60_000,
  });
  rmSync(path.join(runFolder, ON_END), { force: true });
  for (const name of namesIn(runFolder)) if (name !== OWNER) forgetProcess(runFolder, name);
  return leftovers.length;
}

function gone(records: readonly ProcessRecord[], timeoutMs: number): Promise<void> {
  return waitUntil({ what: 'end of left-over processes', timeoutMs }, () => !records.some(isSame));
}

function isSame(record: ProcessRecord): boolean {
  return processIdentity(record.pid) === record.identity;
}

function recordText(pid: number, stopSignal: NodeJS.Signals): string {
  return `${pid} ${stopSignal.slice('SIG'.length)} ${processIdentity(pid) ?? 'gone'}\n`;
}

function readRecord(runFolder: string, name: string): ProcessRecord | undefined {
  const [pid, signal, identity] = readOrEmpty(fileOf(runFolder, name)).trim().split(' ');
  if (pid === undefined || signal === undefined || identity === undefined) return undefined;
  const record = { name, pid: Number(pid), stopSignal: `SIG${signal}` as NodeJS.Signals, identity };
  return isSame(record) ? record : undefined;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(runFolder: string): readonly string[] {
  try {
    return readdirSync(runFolder)
      .filter((entry) => entry.endsWith('.pid'))
      .map((entry) => entry.slice(0, -'.pid'.length));
  } catch {
    return [];
  }
}

function fileOf(runFolder: string, name: string): string {
  return path.join(runFolder, `${name}.pid`);
}

function inUse(runFolder: string, pid: number): LocalStackError {
  return new LocalStackError(
    'IN_USE',
    `${path.dirname(runFolder)} is in use by process ${pid}: stop it, or take another name`,
  );
}
