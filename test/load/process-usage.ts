import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second in /proc/<pid>/stat on Linux. */
const ticksPerSecond = 100;

/** CPU seconds used so far by a process and all its living descendants, 0 when it is gone. */
export function cpuSeconds(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + ownCpuSeconds(member), 0);
}

/** Resident memory of one process in megabytes. */
export function residentMb(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readStatus(pid));
  return match === null ? 0 : Number(match[1]) / 1024;
}

/** CPU seconds the whole machine has been busy since it started, all cores together; 0 where that is not told. */
export function machineCpuSeconds(): number {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = readFileSync('/proc/stat', 'utf8')
      .split('\n', 1)[0]!
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + softirq) / ticksPerSecond;
  } catch {
    return 0;
  }
}

function familyOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statFields(Number(entry)) : undefined;
    if (stat === undefined) continue;
    const parent = Number(stat[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

function ownCpuSeconds(pid: number): number {
  const stat = statFields(pid);
  if (stat === undefined) return 0;
  // Fields 14 to 17 of proc(5): user and system time of the process and of children it has waited for.
  return stat.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

/** The fields behind the command name, which may itself hold spaces and parentheses; the first one is the state. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
