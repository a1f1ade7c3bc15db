import {
  freePorts,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { limitCpu, type CpuLimit } from './cpu-limit.js';
import type { BenchOptions } from './bench-options.js';
import { benchDefinitions } from './large-orders.js';

/** Where V8 leaves profiles of the coordinator. */
export const profileFolder = '.skald/bench/profile';

/** The coordinators that are measured. They share the partitions between them. */
export interface Coordinators {
  readonly processes: readonly ServiceProcess[];
  /** Safe twice. */
  stop(): Promise<void>;
}

/** What every one of them is told. */
export interface CoordinatorSurroundings {
  readonly stack: LocalStack;
  readonly installation: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts one after the other; limits of CPU hold from then on, not while they start. */
export async function startCoordinators(
  surroundings: CoordinatorSurroundings,
  options: BenchOptions,
): Promise<Coordinators> {
  const processes: ServiceProcess[] = [];
  const limits: CpuLimit[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((each) => each.stop()));
    await Promise.all(limits.splice(0).map((limit) => limit.remove()));
  };
  try {
    for (let number = 1; number <= options.coordinators; number += 1)
      processes.push(await startCoordinator(surroundings, options, number));
    if (options.cpuLimit !== undefined)
      for (const { pid } of processes) limits.push(limitCpu(pid!, options.cpuLimit));
    return { processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startCoordinator(
  { stack, installation, env }: CoordinatorSurroundings,
  { profile, partitions }: BenchOptions,
  number: number,
): Promise<ServiceProcess> {
  const [port] = await freePorts(1);
  return startService({
    name: number === 1 ? 'coordinator' : `coordinator-${number}`,
    script: 'dist/apps/coordinator/src/main.js',
    nodeOptions: profile ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [],
    stack,
    env: {
      ...env,
      PORT: String(port),
      HOST: '127.0.0.1',
      SKALD_INSTALLATION: installation,
      SKALD_SECRET: 'a secret for the bench alone',
      SKALD_AUTO_INSTALL: 'true',
      SKALD_HOME_PARTITIONS: String(partitions.home),
      SKALD_DEFINITIONS: benchDefinitions(),
    },
    ready: { url: `http://127.0.0.1:${port}/health/ready` },
  });
}
