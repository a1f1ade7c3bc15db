import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { waitUntil } from '../../deploy/local/src/wait-until.js';

/** As Kubernetes has it: what is used up of a period has to wait for the next one. */
const periodMicros = 100_000;
const groups = '/sys/fs/cgroup';

/** A limit that can be taken away again. */
export interface CpuLimit {
  /** Once the process has ended: resolves when nothing is left of it. */
  remove(): Promise<void>;
}

/**
 * Lets a process, with all its threads, use `cores` of a core (0.2) and no more, as the CPU limit of a pod does: by a
 * control group of its own.
 *
 * @throws Error where that needs another user, or there are no control groups; it says so.
 */
export function limitCpu(pid: number, cores: number): CpuLimit {
  const quota = Math.round(cores * periodMicros);
  const isUnified = existsSync(path.join(groups, 'cgroup.controllers'));
  const parent = isUnified ? groups : path.join(groups, 'cpu');
  const folder = path.join(parent, `skald-bench-${process.pid}-${pid}`);
  try {
    if (isUnified) writeFileSync(path.join(parent, 'cgroup.subtree_control'), '+cpu');
    mkdirSync(folder);
    if (isUnified) writeFileSync(path.join(folder, 'cpu.max'), `${quota} ${periodMicros}`);
    else {
      writeFileSync(path.join(folder, 'cpu.cfs_period_us'), String(periodMicros));
      writeFileSync(path.join(folder, 'cpu.cfs_quota_us'), String(quota));
    }
    writeFileSync(path.join(folder, 'cgroup.procs'), String(pid));
  } catch (cause) {
    throw new Error(`cannot limit CPU: ${folder} has to be writable, which takes root on Linux`, { cause });
  }
  return { remove: () => removed(folder) };
}

/** The group of a process that has ended is busy for a moment longer. */
function removed(folder: string): Promise<void> {
  return waitUntil({ what: `removal of ${folder}`, timeoutMs: 5_000 }, () => {
    rmdirSync(folder);
    return true;
  });
}
